/// What goes into a placeholder and comes out of a column.
///
/// Booleans are integers 0 and 1, moments are integers (seconds since the epoch), identifiers and JSON are text:
/// that is what SQLite and PostgreSQL store alike.
package enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    /// Finite; a NaN or infinity is refused when it is bound, as SQLite would silently store NULL.
    case real(Double)
    /// Without U+0000, which PostgreSQL can't hold and SQLite's C interface cuts at.
    case text(String)
    case blob([UInt8])

    /// `null` for nil.
    package static func optional(_ text: String?) -> SQLValue { text.map(SQLValue.text) ?? .null }

    /// `null` for nil.
    package static func optional(_ integer: Int64?) -> SQLValue { integer.map(SQLValue.integer) ?? .null }

    /// 1 or 0.
    package static func bool(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }
}
