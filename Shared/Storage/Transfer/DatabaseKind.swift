package enum DatabaseKind: String, Sendable {
    case sqlite, postgreSQL = "postgresql"
}

extension Database {
    package var kind: DatabaseKind { self is PostgreSQLDatabase ? .postgreSQL : .sqlite }
}

extension Databases {
    /// - Throws: `badURL`.
    package static func kind(of url: String) throws(StorageError) -> DatabaseKind {
        switch try DatabaseURL.parse(url) {
        case .memory, .file: .sqlite
        case .postgreSQL: .postgreSQL
        }
    }

    /// Whether it names a server and no password.
    package static func wantsPassword(_ url: String) throws(StorageError) -> Bool {
        if case .postgreSQL(let address) = try DatabaseURL.parse(url) { address.password == nil } else { false }
    }

    /// For a log: the URL without its password and parameters.
    package static func name(of url: String) throws(StorageError) -> String {
        switch try DatabaseURL.parse(url) {
        case .memory: "sqlite::memory:"
        case .file(let path): "sqlite://\(path)"
        case .postgreSQL(let address):
            "postgres://\(address.user)@\(address.isSocket ? "" : address.host):\(address.port)/\(address.database)"
        }
    }

    /// - Parameter path: absolute.
    package static func url(ofFile path: String) -> String { "sqlite://\(URLEscapes.encode(path: path))" }

    /// The file that a URL names; nil where it names none.
    package static func path(of url: String) throws(StorageError) -> String? {
        if case .file(let path) = try DatabaseURL.parse(url) { path } else { nil }
    }
}
