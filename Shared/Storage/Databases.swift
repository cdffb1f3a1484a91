package import Logging

/// Opens what a `DATABASE_URL` names.
package enum Databases {
    /// - Parameter url: `sqlite:///ABSOLUTE/PATH` (parent folder made, mode 0700; file 0600) or `sqlite::memory:`, which
    ///   lives as long as the value and is for tests.
    /// - Throws: `badURL` for anything else, `unavailable` when the file can't be opened.
    package static func open(url: String, logger: Logger) throws(StorageError) -> any Database {
        switch try DatabaseURL.parse(url) {
        case .memory:
            return try SQLiteDatabase.memory(logger: logger)
        case .file(let path):
            return try SQLiteDatabase.file(path, logger: logger)
        }
    }
}
