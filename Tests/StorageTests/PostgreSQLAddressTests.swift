import Testing

@testable import Storage

@Suite("postgres:// addresses")
struct PostgreSQLAddressTests {
    private func parsed(_ url: String) throws -> PostgreSQLAddress {
        guard case .postgreSQL(let address) = try DatabaseURL.parse(url) else {
            throw StorageError.badURL("not PostgreSQL")
        }
        return address
    }

    @Test("every part is read, and decoded")
    func parts() throws {
        let address = try parsed(
            """
            postgres://us%40er:p%3Aa%2Fss@db.example:6432/my%20db?sslmode=verify-ca&sslrootcert=/etc/ca.pem\
            &pool_size=3&connect_timeout=2&statement_timeout=700&application_name=portal
            """)
        #expect(address.user == "us@er")
        #expect(address.password?.text == "p:a/ss")
        #expect(address.host == "db.example")
        #expect(address.port == 6432)
        #expect(address.database == "my db")
        #expect(address.tls == .verifyCA)
        #expect(address.rootCertificates == "/etc/ca.pem")
        #expect(address.limits.connections == 3)
        #expect(address.limits.connect == .seconds(2))
        #expect(address.limits.statement == .milliseconds(700))
        #expect(address.applicationName == "portal")
    }

    @Test(
        "a server elsewhere is verified unless the URL says otherwise; this machine and sockets speak in the clear",
        arguments: [
            ("postgres://u@db.example/d", PostgreSQLAddress.TLS.verifyFull), ("postgresql://u@10.0.0.1/d", .verifyFull),
            ("postgres://u@localhost/d", .disable), ("postgres://u@127.0.0.1/d", .disable),
            ("postgres://u@[::1]:5433/d", .disable), ("postgres://u@/d?host=/run/postgresql", .disable),
            ("postgres://u@127.0.0.1.example/d", .verifyFull), ("postgres://u@db/d?sslmode=disable", .disable),
            ("postgres://u@127.0.0.1/d?sslmode=require", .require),
        ])
    func tls(_ url: String, _ expected: PostgreSQLAddress.TLS) throws {
        #expect(try parsed(url).tls == expected)
    }

    @Test(
        "what is not understood is refused by its name, without what it holds",
        arguments: [
            ("postgres://u:hunter2@db/d?sslmode=prefer", "sslmode"),
            ("postgres://u:hunter2@db/d?sslmode=allow", "sslmode"),
            ("postgres://u:hunter2@db/d?ssl=true", "ssl"), ("postgres://u:hunter2@db/d?password=hunter2", "password"),
            ("postgres://u:hunter2@db/", "database"), ("postgres://u:hunter2@db", "database"),
            ("postgres://u:hunter2@/d", "host"), ("postgres://:hunter2@db/d", "user"), ("postgres://db/d", "user"),
            ("postgres://u:hunter2@db:99999/d", "port"), ("postgres://u:hunter2@a,b/d", "host"),
            ("postgres://u:hunter2%zz@db/d", "password"), ("postgres://u:hunter2@db/d?pool_size=1", "pool_size"),
            ("postgres://u:hunter2@db/d?sslrootcert=ca.pem", "sslrootcert"),
            ("postgres://u:hunter2@db/d?pool_size=3&pool_size=4", "pool_size"), ("postgres://u:hunter2@db/a/b", "/"),
            ("postgres://u:hunter2@db/d#x", "#"), ("postgres://u:hunter2@db/d?host=relative", "host"),
        ])
    func refused(_ url: String, _ named: String) {
        let error = #expect(throws: StorageError.self) { try DatabaseURL.parse(url) }
        guard case .badURL(let message) = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(message.contains(named), "\(message)")
        #expect(!message.contains("hunter2"))
    }

    @Test("nothing that prints an address prints its password")
    func redacted() throws {
        let address = try parsed("postgres://u:hunter2@db/d")
        var dumped = ""
        dump(address, to: &dumped)
        for text in ["\(address)", String(reflecting: address), dumped] { #expect(!text.contains("hunter2")) }
    }
}
