/// One row of an answer, by column name. The getters throw `StorageError.decoding`, naming the column.
package struct SQLRow: Sendable {
    package let columns: [String: SQLValue]

    package init(columns: [String: SQLValue]) { self.columns = columns }

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
        guard let value = columns[column] else {
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
