import ServiceKit
import Storage

/// A query parameter of a list, and what it asks of which column.
package struct ListFilter: Sendable, ExpressibleByStringLiteral {
    package enum Comparison: String, Sendable {
        case equal = "="
        case atLeast = ">="
        case below = "<"
    }

    package enum Kind: Sendable {
        case text
        /// Compared in lower case, as the column is kept.
        case caseless
        case choice([String])
        case integer(ClosedRange<Int64>)
        /// RFC 3339 in the query, seconds in the column.
        case moment
        /// ISO 8601 in the query, days since the epoch in the column.
        case day
    }

    package let name: String
    package let column: String
    package let comparison: Comparison
    package let kind: Kind

    package init(_ name: String, column: String? = nil, _ comparison: Comparison = .equal, _ kind: Kind = .text) {
        self.name = name
        self.column = column ?? name
        self.comparison = comparison
        self.kind = kind
    }

    package init(stringLiteral name: String) { self.init(name) }

    package static func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, column: String? = nil, of type: Choice.Type
    ) -> ListFilter where Choice.RawValue == String {
        ListFilter(name, column: column, .equal, .choice(type.allCases.map(\.rawValue)))
    }

    /// - Throws: what is wrong with the text.
    func value(of text: String) throws(Problem) -> SQLValue {
        switch kind {
        case .text: return .text(text)
        case .caseless: return .text(text.lowercased())
        // What no row can hold finds nothing; it is no fault of the query that a list of words grows.
        case .choice: return .text(text)
        case .integer(let range):
            guard let number = Int64(text), range.contains(number) else {
                throw Problem("is no whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return .integer(number)
        case .moment:
            guard let moment = Timestamp(text) else { throw Problem("is no moment like 2026-02-03T04:05:06Z") }
            return .integer(moment.seconds)
        case .day:
            guard let day = CivilDate(text) else { throw Problem("is no day like 2026-02-03") }
            return .integer(day.daysSinceEpoch)
        }
    }

    struct Problem: Error {
        let text: String
        init(_ text: String) { self.text = text }
    }
}
