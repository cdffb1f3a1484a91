import Logging
import Secrets
import Storage

/// As whom statements run: on SQLite as the plant itself, under SQLite's own ward; on PostgreSQL as a login of its own.
struct DBUpdatesLogin: Sendable {
    let kind: DatabaseKind
    /// Nil: a plant on PostgreSQL that has no login for it.
    let url: String?
    /// The plant's own database.
    let ownURL: String
    let password: SecretBytes?

    init(kind: DatabaseKind, url: String?, ownURL: String, password: SecretBytes? = nil) {
        self.kind = kind
        self.url = url
        self.ownURL = ownURL
        self.password = password
    }

    init(settings: PlantSettings, updates: DBUpdatesSettings) {
        let ownURL = settings.databaseURL
        // What can't be read was refused when the database was opened.
        let kind = (try? Databases.kind(of: ownURL)) ?? .sqlite
        self.init(
            kind: kind, url: kind == .sqlite ? ownURL : updates.databaseURL, ownURL: ownURL,
            password: kind == .sqlite ? nil : updates.password)
    }

    func open(protecting protected: [String], logger: Logger) throws(RestrictedSQLError) -> RestrictedSQL? {
        guard let url else { return nil }
        let text = password.map { $0.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
        return try RestrictedSQL.open(url: url, password: text, protecting: protected, logger: logger)
    }

    /// Where it is: the plant's own database where there is no login yet.
    func place() throws(StorageError) -> DatabasePlace { try DatabasePlace(url: url ?? ownURL) }

    /// `***` where there is one; never the password.
    var redactedPassword: String? {
        guard let url, kind == .postgreSQL else { return nil }
        let isInURL = (try? !Databases.wantsPassword(url)) ?? false
        return isInURL || password != nil ? "***" : nil
    }
}
