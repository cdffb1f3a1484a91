/// The names of an answer's columns, in its order; all its rows share them.
final class SQLColumns: Sendable {
    fileprivate let places: [String: Int]

    init(_ names: [String]) throws(StorageError) {
        var places: [String: Int] = [:]
        for (place, name) in names.enumerated() {
            guard places.updateValue(place, forKey: name) == nil else {
                throw .invalidStatement("the answer names column \(name) twice")
            }
        }
        self.places = places
    }

    fileprivate init(places: [String: Int]) { self.places = places }
}

/// One row of an answer, by column name. The getters throw `StorageError.decoding`, naming the column.
package struct SQLRow: Sendable {
    private let names: SQLColumns
    private let values: [SQLValue]
    private var prefix = ""

    /// - Parameter values: one for each name.
    init(_ names: SQLColumns, _ values: [SQLValue]) {
        self.names = names
        self.values = values
    }

    package init(columns: [String: SQLValue]) {
        let named = columns.enumerated().map { ($0.element.key, $0.offset) }
        names = SQLColumns(places: Dictionary(uniqueKeysWithValues: named))
        values = columns.map(\.value)
    }

    package var columns: [String: SQLValue] { names.places.mapValues { values[$0] } }

    /// Nil where the answer has no such column.
    package subscript(column: String) -> SQLValue? {
        names.places[prefix.isEmpty ? column : prefix + column].map { values[$0] }
    }

    /// The columns whose names begin so, by the rest of their names: of an answer that joins two tables, one of them.
    package func part(_ prefix: String) -> SQLRow {
        var part = self
        part.prefix += prefix
        return part
    }

    package func text(_ column: String) throws -> String {
        try required(column, optionalText(column))
    }

    package func optionalText(_ column: String) throws -> String? {
        switch try value(column) {
        case .null: nil
        case .text(let text): text
        case let other: throw mismatch(column, "text", other)
        }
    }

    package func integer(_ column: String) throws -> Int64 {
        try required(column, optionalInteger(column))
    }

    package func optionalInteger(_ column: String) throws -> Int64? {
        switch try value(column) {
        case .null: nil
        case .integer(let integer): integer
        case let other: throw mismatch(column, "integer", other)
        }
    }

    package func real(_ column: String) throws -> Double {
        try required(column, optionalReal(column))
    }

    /// A column of a floating type may answer a whole number as an integer.
    package func optionalReal(_ column: String) throws -> Double? {
        switch try value(column) {
        case .null: nil
        case .real(let real): real
        case .integer(let integer): Double(integer)
        case let other: throw mismatch(column, "real", other)
        }
    }

    /// Exactly 0 or 1; any other integer is a fault in the data, not `true`.
    package func bool(_ column: String) throws -> Bool {
        switch try integer(column) {
        case 0: false
        case 1: true
        case let other: throw StorageError.decoding("column \(column) holds \(other), expected 0 or 1")
        }
    }

    package func blob(_ column: String) throws -> [UInt8] {
        try required(column, optionalBlob(column))
    }

    package func optionalBlob(_ column: String) throws -> [UInt8]? {
        switch try value(column) {
        case .null: nil
        case .blob(let bytes): bytes
        case let other: throw mismatch(column, "blob", other)
        }
    }

    private func value(_ column: String) throws -> SQLValue {
        guard let value = self[column] else {
            throw StorageError.decoding("the answer has no column \(column)")
        }
        return value
    }

    private func required<T>(_ column: String, _ value: T?) throws -> T {
        guard let value else { throw StorageError.decoding("column \(column) is null") }
        return value
    }

    /// Names the kinds, never the value: a column may hold something that does not belong in a log.
    private func mismatch(_ column: String, _ expected: String, _ found: SQLValue) -> StorageError {
        let kind =
            switch found {
            case .null: "null"
            case .integer: "integer"
            case .real: "real"
            case .text: "text"
            case .blob: "blob"
            }
        return .decoding("column \(column) holds \(kind), expected \(expected)")
    }
}
