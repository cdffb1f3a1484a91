import Testing

@testable import Storage

@Suite("DATABASE_URL")
struct DatabaseURLTests {
    @Test(
        "SQLite in memory and in a file",
        arguments: [
            ("sqlite::memory:", DatabaseURL.memory), ("sqlite:///var/lib/plant.sqlite", .file("/var/lib/plant.sqlite")),
            ("sqlite:///var/my%20data/p.sqlite", .file("/var/my data/p.sqlite")),
        ])
    func accepted(_ url: String, _ expected: DatabaseURL) throws {
        #expect(try DatabaseURL.parse(url) == expected)
    }

    @Test(
        "anything else is refused, saying what is supported, and never repeating a password",
        arguments: [
            "", "plant.sqlite", "/var/lib/plant.sqlite", "sqlite://relative/path", "sqlite:///", "sqlite:///folder/",
            "sqlite:///a/../b", "sqlite:///a?mode=memory", "sqlite:///a#b", "sqlite:///a%zz", "sqlite:///a%00b",
            "sqlite:///a%ff", "mysql://user:hunter2@db/plant", "SQLITE:///a",
        ])
    func refused(_ url: String) {
        let error = #expect(throws: StorageError.self) { try DatabaseURL.parse(url) }
        guard case .badURL(let message) = error else { return #expect(Bool(false), "\(String(describing: error))") }
        #expect(message.contains(DatabaseURL.supported))
        #expect(!message.contains("hunter2"))
    }

    @Test("a place is told without the password")
    func places() throws {
        let file = try DatabasePlace(url: "sqlite:///var/my%20data/p.sqlite")
        #expect(file.kind == .sqlite)
        #expect(file.file == "/var/my data/p.sqlite")
        #expect(file.host == nil && file.user == nil && file.tls == nil)
        let server = try DatabasePlace(url: "postgres://me:hunter2@db.example:6432/plant")
        #expect(server.kind == .postgreSQL)
        #expect(server.file == nil)
        #expect(server.host == "db.example")
        #expect(server.port == 6432)
        #expect(server.database == "plant")
        #expect(server.user == "me")
        #expect(server.tls == "verify-full")
        #expect(!"\(server)".contains("hunter2"))
        #expect(throws: StorageError.self) { try DatabasePlace(url: "sqlite::memory:") }
    }
}
