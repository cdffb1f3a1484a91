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
        case .memory: try SQLiteDatabase.memory(logger: logger)
        case .file(let path): try SQLiteDatabase.file(path, logger: logger)
        case .postgreSQL(let address): try server(address, password, logger)
        }
    }

    /// Opens what is there already, to be looked at: nothing is made, no mode is changed, and no transaction of it can
    /// write to a file. (At a server each `read` is READ ONLY.)
    package static func openForReading(
        url: String, password: String? = nil, logger: Logger
    ) throws(StorageError) -> any Database {
        switch try DatabaseURL.parse(url) {
        case .memory: throw .badURL("sqlite::memory: holds nothing to read")
        case .file(let path): try SQLiteDatabase.existing(path, logger: logger)
        case .postgreSQL(let address): try server(address, password, logger)
        }
    }

    private static func server(
        _ address: PostgreSQLAddress, _ password: String?, _ logger: Logger
    ) throws(StorageError) -> any Database {
        var address = address
        if let password {
            guard address.password == nil else {
                throw .badURL("the password is given twice, in the URL and beside it")
            }
            address.password = DatabasePassword(password)
        }
        return try PostgreSQLDatabase(address: address, logger: logger)
    }
}
