/// Where a database is and who logs in there, for people: what its URL says, without the password.
package struct DatabasePlace: Sendable, Equatable {
    package let kind: DatabaseKind
    /// An absolute path; of SQLite alone, as what follows is of a server's.
    package let file: String?
    /// A name, an address, or the folder of a Unix socket.
    package let host: String?
    package let port: Int?
    package let database: String?
    package let user: String?
    /// `disable`, `require`, `verify-ca` or `verify-full`.
    package let tls: String?

    /// - Throws: `badURL`, also for one that is in memory.
    package init(url: String) throws(StorageError) {
        switch try DatabaseURL.parse(url) {
        case .memory:
            throw .badURL("a database in memory is nowhere")
        case .file(let path):
            kind = .sqlite
            file = path
            (host, port, database, user, tls) = (nil, nil, nil, nil, nil)
        case .postgreSQL(let address):
            kind = .postgreSQL
            file = nil
            (host, port, database) = (address.host, address.port, address.database)
            (user, tls) = (address.user, address.tls.rawValue)
        }
    }
}
