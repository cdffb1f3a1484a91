import GRDB

/// From SQLite's result codes to ours. Total: what has no word of its own is `unavailable`.
enum SQLiteErrors {
    static func map(_ error: any Error) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        return map(error)
    }

    static func map(_ error: DatabaseError) -> StorageError {
        let message = error.message ?? "SQLite code \(error.extendedResultCode.rawValue)"
        switch error.extendedResultCode {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID:
            return .uniqueViolation(subject(of: message))
        case .SQLITE_CONSTRAINT_FOREIGNKEY:
            return .foreignKeyViolation(subject(of: message))
        default:
            break
        }
        switch error.resultCode {
        case .SQLITE_CONSTRAINT:
            return .constraintViolation(subject(of: message))
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return .busy
        case .SQLITE_ERROR, .SQLITE_MISUSE, .SQLITE_RANGE, .SQLITE_MISMATCH, .SQLITE_READONLY, .SQLITE_TOOBIG:
            return .invalidStatement(message)
        default:
            return .unavailable(message)
        }
    }

    /// `UNIQUE constraint failed: customers.email` → `customers.email`; `index 'name'` → `name`.
    private static func subject(of message: String) -> String {
        guard let separator = message.firstRange(of: ": ") else { return message }
        let subject = message[separator.upperBound...]
        guard subject.hasPrefix("index '"), subject.hasSuffix("'") else { return String(subject) }
        return String(subject.dropFirst(7).dropLast())
    }
}
