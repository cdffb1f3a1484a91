import Contracts
package import Storage

/// Which roles may do what. Roles come in tokens, from issuers that may grant them; what a role may do here is kept here:
/// defaults from the core's list and the modules' manifests, changed by administrators.
package struct RoleBook: Sendable {
    package static let migration = Migration(
        id: "0006-roles",
        statements: [
            """
            CREATE TABLE permissions (
                name TEXT NOT NULL PRIMARY KEY,
                module TEXT NOT NULL,
                description TEXT NOT NULL,
                for_customers BIGINT NOT NULL
            )
            """,
            """
            CREATE TABLE role_permissions (
                role TEXT NOT NULL,
                permission TEXT NOT NULL REFERENCES permissions (name),
                PRIMARY KEY (role, permission)
            )
            """,
        ])

    package struct Entry: Sendable, Equatable {
        package let permission: String
        package let module: String
        package let description: String
        package let roles: [String]
    }

    package enum Fault: Error, Sendable, Equatable {
        case unknownPermission
        /// A platform permission for a role that customers have.
        case notForCustomers
    }

    package init() {}

    /// Makes permissions known. Default roles get one when it is new, and only then: what an administrator took away stays
    /// away.
    package func declare(
        _ permissions: [ModulePermission], module: String, in transaction: any SQLTransaction
    ) async throws {
        for permission in permissions {
            let isNew = try await transaction.execute(
                """
                INSERT INTO permissions (name, module, description, for_customers) VALUES (?, ?, ?, ?) \
                ON CONFLICT (name) DO NOTHING
                """,
                [
                    .text(permission.name), .text(module), .text(permission.description),
                    .bool(permission.isForCustomers),
                ])
            guard isNew == 1 else {
                try await transaction.execute(
                    "UPDATE permissions SET module = ?, description = ?, for_customers = ? WHERE name = ?",
                    [
                        .text(module), .text(permission.description), .bool(permission.isForCustomers),
                        .text(permission.name),
                    ])
                continue
            }
            for role in permission.defaultRoles.sorted() where permission.isForCustomers || !Role.isCustomer(role) {
                try await transaction.execute(
                    "INSERT INTO role_permissions (role, permission) VALUES (?, ?)",
                    [.text(role), .text(permission.name)])
            }
        }
    }

    /// What these roles may do together. `super_admin` may do all that is known, so nobody can be locked out.
    package func permissions(of roles: [String], in transaction: any SQLTransaction) async throws -> Set<String> {
        if roles.contains(Role.superAdmin) {
            return Set(try await transaction.query("SELECT name FROM permissions", []).map { try $0.text("name") })
        }
        guard !roles.isEmpty else { return [] }
        let marks = roles.map { _ in "?" }.joined(separator: ", ")
        let rows = try await transaction.query(
            "SELECT DISTINCT permission FROM role_permissions WHERE role IN (\(marks))", roles.map(SQLValue.text))
        return Set(try rows.map { try $0.text("permission") })
    }

    package func knows(_ permission: String, in transaction: any SQLTransaction) async throws -> Bool {
        try await !transaction.query("SELECT name FROM permissions WHERE name = ?", [.text(permission)]).isEmpty
    }

    package func entries(in transaction: any SQLTransaction) async throws -> [Entry] {
        let grants = try await transaction.query(
            "SELECT role, permission FROM role_permissions ORDER BY permission, role", [])
        var roles: [String: [String]] = [:]
        for row in grants { roles[try row.text("permission"), default: []].append(try row.text("role")) }
        return try await transaction.query("SELECT name, module, description FROM permissions ORDER BY name", [])
            .map { row in
                let name = try row.text("name")
                return Entry(
                    permission: name, module: try row.text("module"), description: try row.text("description"),
                    roles: roles[name] ?? [])
            }
    }

    /// Throws `Fault`. Granting twice is granting once.
    package func grant(_ permission: String, to role: String, in transaction: any SQLTransaction) async throws {
        let known = try await transaction.query(
            "SELECT for_customers FROM permissions WHERE name = ?", [.text(permission)])
        guard let row = known.first else { throw Fault.unknownPermission }
        guard try row.bool("for_customers") || !Role.isCustomer(role) else { throw Fault.notForCustomers }
        try await transaction.execute(
            "INSERT INTO role_permissions (role, permission) VALUES (?, ?) ON CONFLICT (role, permission) DO NOTHING",
            [.text(role), .text(permission)])
    }

    package func revoke(_ permission: String, from role: String, in transaction: any SQLTransaction) async throws {
        try await transaction.execute(
            "DELETE FROM role_permissions WHERE role = ? AND permission = ?", [.text(role), .text(permission)])
    }
}
