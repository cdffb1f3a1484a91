import CSQLite

/// How a connection for foreign statements is set.
enum SQLiteBounds {
    static let options: [(Int32, Int32)] = [
        (SQLITE_DBCONFIG_DEFENSIVE, 1),
        (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0),
        (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0),
        (SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0),
        (SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0),
        (SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, 0),
        (SQLITE_DBCONFIG_DQS_DDL, 0),
        // "name" is a column or a mistake, never quietly a text.
        (SQLITE_DBCONFIG_DQS_DML, 0),
        // The service's own rules hold for an administrator too.
        (SQLITE_DBCONFIG_ENABLE_FKEY, 1),
        (SQLITE_DBCONFIG_ENABLE_TRIGGER, 1),
    ]

    static func limits(_ limits: RestrictedLimits) -> [(Int32, Int)] {
        [
            (SQLITE_LIMIT_LENGTH, limits.valueBytes),
            (SQLITE_LIMIT_SQL_LENGTH, limits.statementBytes),
            (SQLITE_LIMIT_COLUMN, 500),
            (SQLITE_LIMIT_EXPR_DEPTH, 100),
            (SQLITE_LIMIT_COMPOUND_SELECT, 50),
            (SQLITE_LIMIT_VDBE_OP, 250_000),
            (SQLITE_LIMIT_FUNCTION_ARG, 64),
            (SQLITE_LIMIT_ATTACHED, 0),
            // A long pattern on a long text takes minutes in one step.
            (SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 256),
            (SQLITE_LIMIT_VARIABLE_NUMBER, 1),
            (SQLITE_LIMIT_TRIGGER_DEPTH, 20),
            (SQLITE_LIMIT_WORKER_THREADS, 0),
        ]
    }
}

enum SQLiteRow {
    static func values(_ statement: OpaquePointer) -> [SQLValue] {
        (0..<sqlite3_column_count(statement)).map { column in
            switch sqlite3_column_type(statement, column) {
            case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
            case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
            case SQLITE_TEXT:
                guard let start = sqlite3_column_text(statement, column) else { return .null }
                let count = Int(sqlite3_column_bytes(statement, column))
                return .text(String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
            case SQLITE_BLOB:
                guard let start = sqlite3_column_blob(statement, column) else { return .blob([]) }
                let count = Int(sqlite3_column_bytes(statement, column))
                return .blob(Array(UnsafeRawBufferPointer(start: start, count: count)))
            default: return .null
            }
        }
    }
}
