package import Logging

/// Opens what a `DATABASE_URL` names.
package enum Databases {
    /// - Parameters:
    ///   - url: `sqlite:///ABSOLUTE/PATH` (parent folder made, mode 0700; file 0600), `postgres://…` (see
    ///     `PostgreSQLAddress`; connected to when first needed), or `sqlite::memory:`, which lives as long as the value
    ///     and is for tests.
    ///   - password: of a `postgres://` URL that has none itself.
    /// - Throws: `badURL` for anything else, `unavailable` when the file can't be opened.
    package static func open(
        url: String, password: String? = nil, logger: Logger
    ) throws(StorageError) -> any Database {
        switch try DatabaseURL.parse(url) {
        case .memory:
            return try SQLiteDatabase.memory(logger: logger)
        case .file(let path):
            return try SQLiteDatabase.file(path, logger: logger)
        case .postgreSQL(var address):
            if let password {
                guard address.password == nil else {
                    throw .badURL("the password is given twice, in the URL and beside it")
                }
                address.password = DatabasePassword(password)
            }
            return try PostgreSQLDatabase(address: address, logger: logger)
        }
    }
}
