/// What a database refuses. Messages name tables, columns and constraints, never a value.
package enum StorageError: Error, Sendable, Equatable {
    /// `table.column` (`table.a, table.b` for several) where the database tells them, else the constraint's name.
    case uniqueViolation(String)
    case foreignKeyViolation(String)
    /// NOT NULL and CHECK.
    case constraintViolation(String)
    /// Another process held the database longer than the busy timeout; trying again may help.
    case busy
    /// The database can't be reached, is full, damaged or closed.
    case unavailable(String)
    /// A column is missing or holds another type than the code expects.
    case decoding(String)
    case migration(String)
    case badURL(String)
    /// A fault in the calling code: syntax, unknown table, too few or too many arguments, a write inside `read`.
    case invalidStatement(String)
}
