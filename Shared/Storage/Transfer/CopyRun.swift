/// One attempt at a copy, inside of both transactions.
struct CopyRun {
    let copy: DatabaseCopy
    let sent: any SQLTransaction
    let arrived: any SQLTransaction

    func run() async throws -> DatabaseCopy.Report {
        let tables = try await SchemaReader.tables(sent, copy.source.kind)
        try await compareSchemas(tables)
        try await clear(tables)
        var totals: [Int] = []
        for table in tables { totals.append(try await TableScan(table: table, kind: copy.source.kind).count(sent)) }
        let foreignKeys = DeferredForeignKeys(kind: copy.target.kind, transaction: arrived)
        try await foreignKeys.wait()
        var faults = TypeFaults()
        var digests: [String: TableDigest] = [:]
        try await eachTable(tables, totals, .copying) { table, onPage in
            digests[table.name] = try await fill(table, &faults, onPage)
        }
        try faults.check()
        try await foreignKeys.check()
        try await eachTable(tables, totals, .comparing) { table, onPage in
            let found = try await TableScan(table: table, kind: copy.target.kind).digest(arrived, onPage: onPage)
            guard let given = digests[table.name], given == found else {
                throw TransferFault.differs(
                    table: table.name, sent: digests[table.name] ?? TableDigest(), arrived: found)
            }
        }
        for table in try await renameLogs(tables) {
            digests[table.name] = try await TableScan(table: table, kind: copy.target.kind).digest(arrived)
        }
        return DatabaseCopy.Report(tables: digests)
    }

    // MARK: Before

    private func compareSchemas(_ tables: [TableShape]) async throws {
        let made = try await MigrationDocument.applied(sent, copy.source.kind)
        let known = try await MigrationDocument.applied(arrived, copy.target.kind)
        var lines: [String] = []
        for entry in MigrationStanding(applied: made, known: known).entries where entry.state != .applied {
            let name = "\(entry.namespace)/\(entry.id)"
            let line =
                switch entry.state {
                case .applied: ""
                case .missing: "the source lacks migration \(name): run lockstep db migrate on it first"
                case .changed: "migration \(name) was another one when the source applied it"
                case .unknown: "the source has migration \(name), which the target has not: use the build that made it"
                }
            lines.append(line)
        }
        guard lines.isEmpty else { throw TransferFault.schemas(lines) }
        let there = try await SchemaReader.tables(arrived, copy.target.kind)
        for table in tables {
            switch there.first(where: { $0.name == table.name }) {
            case nil: lines.append("the source has a table \(table.name), which no migration makes: move it away first")
            case table?: break
            default: lines.append("\(table.name) has other columns, types or another key in the target")
            }
        }
        let names = Set(tables.map(\.name))
        lines += there.filter { !names.contains($0.name) }.map { "the source has no table \($0.name)" }
        guard lines.isEmpty else { throw TransferFault.schemas(lines) }
    }

    /// Rows that the migrations themselves made go, and the unused head of an ordered log, as any start makes one.
    private func clear(_ tables: [TableShape]) async throws {
        var full: [String] = []
        var stale: [TableShape] = []
        for table in tables {
            let scan = TableScan(table: table, kind: copy.target.kind)
            guard try await scan.count(arrived) > 0 else { continue }
            var isFresh = try await isUnusedHead(table)
            if !isFresh, let made = copy.fresh[table.name] { isFresh = try await scan.digest(arrived) == made }
            if isFresh { stale.append(table) } else { full.append(table.name) }
        }
        guard full.isEmpty else { throw TransferFault.notEmpty(full) }
        for table in stale { try await arrived.execute("DELETE FROM \(table.quotedName)", []) }
    }

    private func isUnusedHead(_ table: TableShape) async throws -> Bool {
        guard table.name.hasSuffix("_head"),
            let place = table.columns.first(where: { ["head", "position"].contains($0.name) && $0.kind == .integer })
        else { return false }
        let used = try await arrived.query(
            "SELECT COUNT(*) AS n FROM \(table.quotedName) WHERE \(place.name) <> 0", [])
        return try used.first?.integer("n") == 0
    }

    // MARK: Copying

    /// Statements take many rows, as each is a round trip; and not too many arguments.
    private static let argumentsPerStatement = 4000

    private func fill(
        _ table: TableShape, _ faults: inout TypeFaults, _ onPage: (Int) -> Void
    ) async throws -> TableDigest {
        let scan = TableScan(table: table, kind: copy.source.kind)
        let batch = max(1, Self.argumentsPerStatement / table.columns.count)
        let places = "(\(table.columns.map { _ in "?" }.joined(separator: ", ")))"
        var digest = TableDigest()
        var broken = faults
        try await scan.forEachPage(sent) { rows in
            let values = rows.map { row in scan.values(of: row) { broken.add($0) } }
            for row in values { digest.add(row) }
            try broken.checkKeys()
            // What comes after the first fault is read to name all of them, and goes nowhere.
            if broken.isEmpty {
                for start in stride(from: 0, to: values.count, by: batch) {
                    let part = values[start..<min(start + batch, values.count)]
                    try await arrived.execute(
                        """
                        INSERT INTO \(table.quotedName) (\(table.quotedColumns)) VALUES \
                        \(part.map { _ in places }.joined(separator: ", "))
                        """, part.flatMap(\.self))
                }
            }
            onPage(rows.count)
        }
        faults = broken
        return digest
    }

    // MARK: After

    private func renameLogs(_ tables: [TableShape]) async throws -> [TableShape] {
        guard let newID = copy.newLogID else { return [] }
        var renamed: [TableShape] = []
        // An audit log keeps its name: heads that are kept elsewhere have to see what the restore took away.
        for table in tables
        where table.name.hasSuffix("_head") && Set(table.columns.map(\.name)) == EventLog.headColumns {
            try await arrived.execute("UPDATE \(table.quotedName) SET log_id = ?", [.text(newID())])
            renamed.append(table)
        }
        return renamed
    }

    private func eachTable(
        _ tables: [TableShape], _ totals: [Int], _ phase: DatabaseCopy.Progress.Phase,
        _ body: (TableShape, (Int) -> Void) async throws -> Void
    ) async throws {
        let total = totals.reduce(0, +)
        var done = 0
        for (table, tableTotal) in zip(tables, totals) {
            var tableDone = 0
            try await body(table) { rows in
                tableDone += rows
                done += rows
                copy.progress(
                    .init(
                        phase: phase, table: table.name, tableDone: tableDone, tableTotal: tableTotal, done: done,
                        total: total))
            }
        }
    }
}
