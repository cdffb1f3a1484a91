import GRDB

/// From SQLite's result codes to ours. Total: what has no word of its own is `unavailable`.
enum SQLiteErrors {
    /// - Parameter isWriting: inside of a transaction that may write: what is read-only then is the file, not the fault
    ///   of the code.
    static func map(_ error: any Error, isWriting: Bool) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        return map(error, isWriting: isWriting)
    }

    static func map(_ error: DatabaseError, isWriting: Bool) -> StorageError {
        let message = error.message ?? "SQLite code \(error.extendedResultCode.rawValue)"
        switch error.extendedResultCode {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID:
            return .uniqueViolation(subject(of: message))
        case .SQLITE_CONSTRAINT_FOREIGNKEY:
            return .foreignKeyViolation(subject(of: message))
        case .SQLITE_IOERR_WRITE, .SQLITE_IOERR_FSYNC, .SQLITE_IOERR_DIR_FSYNC, .SQLITE_IOERR_TRUNCATE,
            .SQLITE_IOERR_SHMSIZE, .SQLITE_IOERR_SHMOPEN:
            return .unwritable("the disk does not take what is written (\(message))")
        default:
            break
        }
        switch error.resultCode {
        case .SQLITE_CONSTRAINT:
            return .constraintViolation(subject(of: message))
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return .busy
        case .SQLITE_FULL:
            return .unwritable("the disk is full (\(message)); make room")
        case .SQLITE_READONLY where isWriting:
            return .unwritable("the file, its folder or its disk is read-only (\(message))")
        case .SQLITE_NOTADB, .SQLITE_CORRUPT:
            return .unavailable("the file is no SQLite database, or is damaged (\(message)); restore a backup")
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
