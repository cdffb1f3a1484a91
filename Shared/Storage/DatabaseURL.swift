/// What a `DATABASE_URL` names.
enum DatabaseURL: Equatable {
    case memory
    /// An absolute path.
    case file(String)
    case postgreSQL(PostgreSQLAddress)

    static let supported =
        "this build supports sqlite:///ABSOLUTE/PATH, postgres://USER:PASSWORD@HOST/DATABASE and sqlite::memory:"

    /// The error never repeats the URL: one for a server may hold a password.
    static func parse(_ url: String) throws(StorageError) -> DatabaseURL {
        if url == "sqlite::memory:" { return .memory }
        for scheme in ["postgres://", "postgresql://"] where url.hasPrefix(scheme) {
            return .postgreSQL(try PostgreSQLAddress(afterScheme: url.dropFirst(scheme.count)))
        }
        let prefix = "sqlite://"
        guard url.hasPrefix(prefix) else {
            let scheme = url.prefix { $0 != ":" }
            let named = url.contains(":") && scheme.allSatisfy(\.isLetter) && !scheme.isEmpty
            throw .badURL(named ? "\(scheme): is not supported; \(supported)" : "not a database URL; \(supported)")
        }
        guard let path = URLEscapes.decode(url.dropFirst(prefix.count)) else {
            throw .badURL("the path holds a broken % escape; \(supported)")
        }
        guard path.hasPrefix("/"), !path.hasSuffix("/") else {
            throw .badURL("the path must be absolute and name a file (three slashes: sqlite:///); \(supported)")
        }
        guard !path.contains(where: { "?#\0".contains($0) }) else {
            throw .badURL("the path holds ?, # or NUL: options are not taken from the URL; \(supported)")
        }
        guard !path.split(separator: "/").contains(where: { $0 == ".." || $0 == "." }) else {
            throw .badURL("the path holds . or .. as a folder; \(supported)")
        }
        return .file(path)
    }
}
