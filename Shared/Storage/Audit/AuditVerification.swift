/// What a verification found.
package struct AuditReport: Sendable, Equatable {
    /// What the log's head row says; nil where it is missing.
    package let head: AuditHead?
    /// The position from which the chain goes on; 0 unless something was pruned.
    package let anchor: Int64
    /// Entries that were looked at.
    package let checked: Int64
    /// Heads that were given and lie before the anchor: nothing can be said of them any more.
    package let outlived: Int
    /// In the order of the chain, at most 100.
    package let faults: [AuditFault]
    package let hasMoreFaults: Bool

    package var isIntact: Bool { faults.isEmpty }
}

extension AuditLog {
    /// How often a verification begins anew because the front was pruned under it.
    private static let attempts = 5

    /// Walks the whole chain, page by page, beside those who append.
    /// - Parameters:
    ///   - heads: kept outside of the database. Without them a log that was written anew by somebody who knows how is
    ///     as good as the true one.
    ///   - pageSize: entries of one read.
    ///   - progress: entries looked at, and how many there are about.
    /// - Throws: `StorageError` when the log can't be read.
    package func verify(
        expecting heads: [AuditHead] = [], in database: any Database, pageSize: Int = 1000,
        progress: @Sendable (_ checked: Int64, _ of: Int64) -> Void = { _, _ in }
    ) async throws -> AuditReport {
        for _ in 0..<Self.attempts {
            if let report = try await walk(expecting: heads, in: database, pageSize: pageSize, progress: progress) {
                return report
            }
        }
        throw StorageError.busy
    }

    private struct Step: Sendable {
        let state: State
        let rows: [SQLRow]
    }

    /// Nil when the anchor moved.
    private func walk(
        expecting heads: [AuditHead], in database: any Database, pageSize: Int,
        progress: @Sendable (Int64, Int64) -> Void
    ) async throws -> AuditReport? {
        guard let (state, strays) = try await beginning(in: database) else {
            return try await headless(expecting: heads, in: database)
        }
        var chain = AuditChain(state: state, expecting: heads)
        for position in strays { chain.note(.beforeAnchor(position)) }
        while true {
            let last = chain.last
            let step = try await database.read { transaction in
                let state = try await self.state(transaction)
                let rows = try await transaction.query(
                    """
                    SELECT position, \(AuditTable.list), hash FROM \(table) WHERE position > ? ORDER BY position LIMIT ?
                    """, [.integer(last), .integer(Int64(pageSize))])
                return Step(state: state, rows: rows)
            }
            guard step.state.anchor == state.anchor else { return nil }
            for row in step.rows { Self.take(row, head: step.state.head, into: &chain) }
            progress(chain.checked, step.state.head.position - state.anchor.position)
            // A page that leads nowhere is of rows without a number, and ends the walk too.
            if step.rows.count < pageSize || chain.last == last {
                chain.end(head: step.state.head)
                return AuditReport(
                    head: step.state.head, anchor: state.anchor.position, checked: chain.checked,
                    outlived: chain.outlived, faults: chain.faults, hasMoreFaults: chain.hasMoreFaults)
            }
        }
    }

    private static func take(_ row: SQLRow, head: AuditHead, into chain: inout AuditChain) {
        if case .integer(let position) = row["position"], position > head.position {
            chain.note(.behindHead(position))
        }
        chain.take(row)
    }

    /// The head row, and what stands before the first entry; nil without a head row.
    private func beginning(in database: any Database) async throws -> (State, [Int64])? {
        try await database.read { transaction in
            let heads = try await transaction.query("SELECT COUNT(*) AS n FROM \(table)_head WHERE name = 'log'", [])
            guard try heads.first?.integer("n") == 1 else { return nil }
            let state = try await self.state(transaction)
            let strays = try await transaction.query(
                "SELECT position FROM \(table) WHERE position <= ? ORDER BY position LIMIT ?",
                [.integer(state.anchor.position), .integer(Int64(AuditChain.faultLimit))])
            return (state, strays.compactMap { try? $0.integer("position") })
        }
    }

    private func headless(expecting heads: [AuditHead], in database: any Database) async throws -> AuditReport {
        let count = try await database.read { transaction in
            try await transaction.query("SELECT COUNT(*) AS n FROM \(table)", [])
        }
        // A log that was made and never used is not established either; that is no fault, unless it once had a head.
        guard try count.first?.integer("n") ?? 0 > 0 || !heads.isEmpty else { throw notEstablished }
        return AuditReport(
            head: nil, anchor: 0, checked: 0, outlived: 0, faults: [.headMissing], hasMoreFaults: false)
    }
}
