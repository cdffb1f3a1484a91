/// Why a copy was not made; the target is as it was.
package enum TransferFault: Error, Sendable, Equatable {
    /// The two were not made by the same migrations, or hold other tables. One line each.
    case schemas([String])
    /// These tables of the target hold rows already.
    case notEmpty([String])
    case types([TypeFault], count: Int)
    /// What arrived is not what was sent: table, and both digests.
    case differs(table: String, sent: TableDigest, arrived: TableDigest)
    /// The database's own check of a file found something. One line each.
    case damaged([String])

    package var lines: [String] {
        switch self {
        case .schemas(let lines): lines
        case .notEmpty(let tables):
            ["the target holds rows already, in \(tables.joined(separator: ", ")); name an empty database"]
        case .types(let faults, let count):
            faults.map(\.line) + (count > faults.count ? ["… and \(count - faults.count) more"] : [])
                + ["mend these rows at the source (see docs/OPERATIONS.md, Databases), then copy again"]
        case .differs(let table, let sent, let arrived):
            [
                """
                \(table): \(sent.rows) rows with checksum \(sent.checksum.prefix(16))… were sent, \(arrived.rows) with \
                \(arrived.checksum.prefix(16))… arrived; nothing was kept
                """
            ]
        case .damaged(let lines): lines.map { "the file is damaged: \($0)" }
        }
    }
}

/// A value that its column is not declared for: SQLite keeps any value in any column.
package struct TypeFault: Sendable, Equatable {
    package let table: String
    /// `id = 'c1'`; never the value itself, which may be anything.
    package let key: String
    package let column: String
    package let expected: ColumnKind
    package let found: String
    /// The column is one of the key: nobody can go on behind such a row.
    let isOfKey: Bool

    init(_ table: TableShape, _ row: SQLRow, _ column: TableShape.Column, _ value: SQLValue) {
        self.table = table.name
        key = table.key.map { "\($0) = \(Self.shown(row[$0] ?? .null))" }.joined(separator: ", ")
        self.column = column.name
        expected = column.kind
        isOfKey = table.key.contains(column.name)
        found = Self.kind(value, in: column.kind)
    }

    package var line: String { "\(table) (\(key)): column \(column) is \(expected.rawValue) and holds \(found)" }

    private static func shown(_ value: SQLValue) -> String {
        switch value {
        case .null: "NULL"
        case .integer(let integer): "\(integer)"
        case .real(let real): "\(real)"
        case .text(let text): "'\(String(text.prefix(80).map { $0.isNewline || $0 == "\0" ? " " : $0 }))'"
        case .blob(let blob): "a blob of \(blob.count) bytes"
        }
    }

    private static func kind(_ value: SQLValue, in column: ColumnKind) -> String {
        switch value {
        case .null: "null"
        case .integer: "an integer"
        case .real(let real): real.isFinite ? "a real" : "a real that is not finite"
        case .text: column == .text ? "text with U+0000, or that is no UTF-8" : "text"
        case .blob: "a blob"
        }
    }
}

/// All of them are counted, and the first are told.
struct TypeFaults {
    static let told = 20
    private var first: [TypeFault] = []
    private var count = 0
    private var hasBrokenKey = false

    var isEmpty: Bool { count == 0 }

    mutating func add(_ fault: TypeFault) {
        count += 1
        hasBrokenKey = hasBrokenKey || fault.isOfKey
        if first.count < Self.told { first.append(fault) }
    }

    func checkKeys() throws(TransferFault) {
        if hasBrokenKey { try check() }
    }

    func check() throws(TransferFault) {
        guard isEmpty else { throw .types(first, count: count) }
    }
}
