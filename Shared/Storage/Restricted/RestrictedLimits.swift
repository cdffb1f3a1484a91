/// What one statement may take.
package struct RestrictedLimits: Sendable, Equatable {
    package var time: Duration
    /// Of the answer; what goes beyond is left out, and told.
    package var rows: Int
    /// Of the answer: texts and blobs, and 8 for every value.
    package var bytes: Int
    /// Rows inserted, changed and deleted, by triggers and cascades too; beyond it all is rolled back.
    package var changes: Int
    package var statementBytes: Int
    /// Bytes of one value, also of one that only comes up on the way.
    package var valueBytes: Int
    /// Bytes by which the file may grow (SQLite).
    package var growth: Int

    package init(
        time: Duration = .seconds(5), rows: Int = 1000, bytes: Int = 1 << 20, changes: Int = 1000,
        statementBytes: Int = 64 << 10, valueBytes: Int = 256 << 10, growth: Int = 64 << 20
    ) {
        self.time = time
        self.rows = rows
        self.bytes = bytes
        self.changes = changes
        self.statementBytes = statementBytes
        self.valueBytes = valueBytes
        self.growth = growth
    }
}

package struct RestrictedResult: Sendable, Equatable {
    /// In the statement's order; a name may come twice.
    package let columns: [String]
    package let rows: [[SQLValue]]
    /// Rows inserted, changed and deleted, by triggers and cascades too.
    package let changes: Int
    /// There were more rows, or bytes, than may be answered.
    package let isTruncated: Bool
    package let duration: Duration
}

package enum RestrictedSQLError: Error, Sendable, Equatable {
    /// Not allowed here, whoever asks; says what.
    case refused(String)
    /// Syntax, an unknown column, a constraint; and at which character of the statement, from 1, where the database says.
    case invalid(String, position: Int? = nil)
    /// It would have changed more rows than it may; nothing was changed.
    case tooManyChanges(limit: Int)
    /// Nothing was changed.
    case timedOut
    /// A value, or what the database needed for it, was too large; nothing was changed.
    case tooLarge(String)
    /// Others hold the database, or have changed the same rows; nothing was changed. Trying again may help.
    case busy
    case unavailable(String)
    /// The login's role could do more than it may: what to mend, one line each.
    case notRestricted([String])
    case cancelled
    /// The connection was lost in the commit.
    case unknownOutcome
}

/// An answer on its way, up to its limits.
struct RestrictedAnswer {
    private let limits: RestrictedLimits
    private(set) var rows: [[SQLValue]] = []
    private(set) var isTruncated = false
    private var bytes = 0

    init(_ limits: RestrictedLimits) { self.limits = limits }

    /// False when this and all further rows are left out.
    mutating func take(_ row: [SQLValue]) -> Bool {
        guard !isTruncated else { return false }
        var size = 0
        for value in row {
            size += 8
            switch value {
            case .text(let text): size += text.utf8.count
            case .blob(let blob): size += blob.count
            case .null, .integer, .real: break
            }
        }
        guard rows.count < limits.rows, bytes + size <= limits.bytes else {
            isTruncated = true
            return false
        }
        bytes += size
        rows.append(row)
        return true
    }
}
