/// What a database refuses. Messages name tables, columns and constraints, never a value.
package enum StorageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// `table.column` (`table.a, table.b` for several) where the database tells them, else the constraint's name.
    case uniqueViolation(String)
    case foreignKeyViolation(String)
    /// NOT NULL and CHECK.
    case constraintViolation(String)
    /// Another process held the database longer than the busy timeout; trying again may help.
    case busy
    /// The database can't be reached, is damaged or closed.
    case unavailable(String)
    /// It may be read, but nothing can be stored: a full disk, a read-only file, folder or server. What was committed
    /// is there, and writing works again when the cause is gone.
    case unwritable(String)
    /// A column is missing or holds another type than the code expects.
    case decoding(String)
    case migration(String)
    case badURL(String)
    /// A fault in the calling code: syntax, unknown table, too few or too many arguments, a write inside `read`.
    case invalidStatement(String)

    /// In words, for a log or the line with which a start fails.
    package var description: String {
        switch self {
        case .uniqueViolation(let subject): "already taken: \(subject)"
        case .foreignKeyViolation(let subject): "refers to nothing, or is referred to: \(subject)"
        case .constraintViolation(let subject): "a constraint refuses it: \(subject)"
        case .busy: "the database is busy"
        case .unavailable(let reason): "the database can't be used: \(reason)"
        case .unwritable(let reason): "the database can't be written to: \(reason)"
        case .decoding(let reason): "the database holds what was not expected: \(reason)"
        case .migration(let reason): "migration: \(reason)"
        case .badURL(let reason): "the database's URL is not usable: \(reason)"
        case .invalidStatement(let reason): "a statement is not valid: \(reason)"
        }
    }
}
