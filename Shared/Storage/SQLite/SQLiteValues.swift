import Foundation
import GRDB

/// Between our values and SQLite's five storage classes.
enum SQLiteValues {
    static func arguments(_ values: [SQLValue]) throws -> StatementArguments {
        StatementArguments(try values.map(databaseValue))
    }

    private static func databaseValue(_ value: SQLValue) throws -> DatabaseValue {
        switch value {
        case .null:
            return .null
        case .integer(let integer):
            return integer.databaseValue
        case .real(let real):
            guard real.isFinite else { throw StorageError.invalidStatement("a real argument is not finite") }
            return real.databaseValue
        case .text(let text):
            guard !text.utf8.contains(0) else { throw StorageError.invalidStatement("a text argument holds NUL") }
            return text.databaseValue
        case .blob(let bytes):
            return Data(bytes).databaseValue
        }
    }

    /// All rows of a statement whose arguments are set.
    static func rows(of statement: Statement) throws -> [SQLRow] {
        let columns = try SQLColumns(statement.columnNames)
        var rows: [SQLRow] = []
        let cursor = try Row.fetchCursor(statement)
        while let row = try cursor.next() {
            rows.append(SQLRow(columns, (0..<row.count).map { sqlValue(row[$0]) }))
        }
        return rows
    }

    private static func sqlValue(_ value: DatabaseValue) -> SQLValue {
        switch value.storage {
        case .null: .null
        case .int64(let integer): .integer(integer)
        case .double(let real): .real(real)
        case .string(let text): .text(text)
        case .blob(let data): .blob(Array(data))
        }
    }
}
