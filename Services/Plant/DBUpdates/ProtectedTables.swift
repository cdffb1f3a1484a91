import Storage

/// Tables that no statement of an administrator may read or write (docs/decisions/0005): those on which it rests that what
/// is done here is known, and allowed.
enum ProtectedTables {
    private static let named = [
        // Answers of other people's requests; a forged one would be given to them as theirs.
        "idempotency_keys",
        // What roles may do is changed where nobody gives away what they do not have.
        "permissions", "role_permissions",
        // Who asked with which token.
        "validation_audit",
        // It always is.
        "lockstep_migrations",
    ]

    /// With every ordered or chained log (`EventLog`, `AuditLog`), which is known by its head: the audit log, revocations,
    /// and those of modules.
    /// - Parameter lists: of the core and of all modules of this build, serving or not.
    static func names(of lists: [MigrationList]) -> [String] {
        let logs = lists.flatMap(\.migrations).flatMap(\.statements).flatMap { statement -> [String] in
            let words = statement.split { " \n(".contains($0) }
            guard words.count > 2, words[0] == "CREATE", words[1] == "TABLE", words[2].hasSuffix("_head") else {
                return []
            }
            return [String(words[2]), String(words[2].dropLast("_head".count))]
        }
        return Set(named + logs).sorted()
    }
}
