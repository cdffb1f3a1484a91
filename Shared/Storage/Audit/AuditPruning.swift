/// What the oldest entries leave behind when they go: the last one's position and hash, from which the chain goes on,
/// and an entry at its end that names them. So a front that was cut otherwise shows.
extension AuditLog {
    /// Entries of one transaction: what is appended meanwhile waits for it.
    private static let batch: Int64 = 5000

    /// Removes the oldest entries.
    /// - Parameters:
    ///   - moment: seconds since the epoch; entries before it go, up to the first that is younger.
    ///   - maximum: the oldest beyond so many go, at least 1 stays.
    ///   - actor: who is told to have done it.
    ///   - now: seconds since the epoch.
    /// - Returns: how many went.
    @discardableResult
    package func prune(
        before moment: Int64, keeping maximum: Int64, by actor: String, now: Int64, in database: any Database
    ) async throws -> Int64 {
        var removed: Int64 = 0
        while true {
            let count = try await database.writeInTurn { transaction in
                try await pruneBatch(before: moment, keeping: max(1, maximum), by: actor, now: now, transaction)
            }
            removed += count
            // A batch that was not full was the last, whatever was appended since.
            guard count == Self.batch else { return removed }
        }
    }

    private func pruneBatch(
        before moment: Int64, keeping maximum: Int64, by actor: String, now: Int64,
        _ transaction: any SQLTransaction
    ) async throws -> Int64 {
        let state = try await state(transaction)
        let (anchor, head) = (state.anchor.position, state.head.position)
        guard head > anchor else { return 0 }
        let living = try await transaction.query(
            "SELECT COALESCE(MIN(position), -1) AS first FROM \(table) WHERE at >= ?", [.integer(moment)])
        guard let first = try living.first?.integer("first") else { return 0 }
        let expired = first < 0 ? head : first - 1
        // One place is left for the entry that tells of it, else the next call would find one too many again.
        let surplus = head - anchor > maximum ? head - maximum + 1 : anchor
        let through = min(max(expired, surplus), anchor + Self.batch, head)
        guard through > anchor else { return 0 }
        let last = try await transaction.query(
            "SELECT hash FROM \(table) WHERE position = ?", [.integer(through)])
        // A gap here is somebody's doing; to prune around it would hide it.
        guard let hash = try last.first?.text("hash") else {
            throw StorageError.decoding("\(table): entry \(through) is missing; verify the audit log")
        }
        try await transaction.execute("DELETE FROM \(table) WHERE position <= ?", [.integer(through)])
        try await transaction.execute(
            "UPDATE \(table)_head SET anchor_position = ?, anchor_hash = ? WHERE name = 'log'",
            [.integer(through), .text(hash)])
        _ = try await write(
            AuditRecord(
                at: now, actor: actor, action: Self.pruneAction, resource: .init(kind: "audit_log", id: table),
                details: Self.pruneDetails(through, hash) + #","removed":\#(through - anchor)}"#),
            transaction)
        return through - anchor
    }

    /// How the details of an entry begin that vouches for this anchor.
    static func pruneDetails(_ position: Int64, _ hash: String) -> String {
        #"{"position":\#(position),"hash":"\#(hash)""#
    }
}
