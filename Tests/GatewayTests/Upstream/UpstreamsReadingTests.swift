import Gateway
import Testing

@Suite("Upstreams of a routes file")
struct UpstreamsReadingTests {
    private static func file(_ group: String, upstream: String = "u") -> [UInt8] {
        Array("version: 1\nupstreams:\n  u: \(group)\nroutes: [{prefix: /a, upstream: \(upstream)}]".utf8)
    }

    private static func faults(_ bytes: [UInt8]) -> [String] {
        do throws(RoutesFile.Faults) {
            _ = try RoutesFile.load(bytes)
            return []
        } catch {
            return error.faults.map { "\($0.position.line):\($0.position.column): \($0.problem)" }
        }
    }

    @Test("Unix sockets, authorities, TLS and good statuses are read")
    func whole() throws {
        let table = try RoutesFile.load(
            Self.file(
                """
                {targets: [{url: "unix:/run/u.sock", authority: "u.internal:81", weight: 3}, "https://u:8443"],
                     health: {path: /up, statuses: [200, 401]},
                     tls: {ca: /ca.pem, certificate: /c.pem, key: /k.pem, server_name: U.example}}
                """))
        let group = try #require(table.upstreams["u"])
        let socket = try #require(group.targets.first)
        #expect(socket.origin.text == "unix:/run/u.sock")
        #expect(socket.origin.isUnixSocket)
        #expect(socket.authority == "u.internal:81")
        #expect(socket.weight == 3)
        #expect(group.targets.last?.origin.isTLS == true)
        #expect(group.health?.statuses == [200, 401])
        #expect(group.tls?.files == UpstreamTLS.Files(ca: "/ca.pem", certificate: "/c.pem", key: "/k.pem"))
        #expect(group.tls?.serverName == "u.example")
        #expect(table.routes.first?.destination == .group("u"))
    }

    @Test("a Unix socket alone is what it would be in the route")
    func plainSocket() throws {
        let origin = try #require(Origin(upstream: "unix:/run/u.sock"))
        let named = try RoutesFile.load(Self.file("{targets: [\"unix:/run/u.sock\"]}"))
        #expect(named.routes.first?.destination == .upstream(.other(origin)))
        let direct = try RoutesFile.load(Array("- {prefix: /a, upstream: \"unix:/run/u.sock\"}".utf8))
        #expect(direct.routes.first?.destination == .upstream(.other(origin)))
        #expect(origin.authority == "localhost")
    }

    @Test(
        "no path of a socket",
        arguments: ["unix:", "unix:run/u.sock", "unix://run/u.sock", "unix:/run/", "unix:/a b", "unix:/\(longName)"])
    func noSocket(_ text: String) { #expect(Origin(upstream: text) == nil) }

    private static let longName = String(repeating: "a", count: 107)

    @Test(
        "what is wrong is told at its place",
        arguments: [
            ("{targets: [{url: \"unix:u\"}]}", "3:17: upstream \"u\" has a target that is no absolute http(s) URL"),
            (
                "{targets: [{url: \"http://u\", authority: v}]}",
                "3:46: upstream \"u\": target has an \"authority\" beside"
            ),
            (
                "{targets: [{url: \"unix:/u\", authority: a/b}]}",
                "3:45: upstream \"u\": target has an \"authority\" that is"
            ),
            ("{targets: [\"http://u\"], tls: {ca: /c}}", "3:35: upstream \"u\" has \"tls\", and none"),
            ("{targets: [\"https://u\"], tls: {}}", "3:36: upstream \"u\": tls says nothing"),
            (
                "{targets: [\"https://u\"], tls: {ca: c.pem}}",
                "3:41: upstream \"u\": tls has a \"ca\" that is no absolute"
            ),
            ("{targets: [\"https://u\"], tls: {key: /k}}", "3:42: upstream \"u\": tls has a \"key\" without"),
            (
                "{targets: [\"https://u\"], tls: {server_name: 10.0.0.1}}",
                "3:50: upstream \"u\": tls has a \"server_name\""
            ),
            (
                "{targets: [\"https://u\"], tls: {server_name: \"*.a\"}}",
                "3:50: upstream \"u\": tls has a \"server_name\""
            ),
            (
                "{targets: [\"http://u\"], health: {path: /, statuses: [99]}}",
                "3:59: upstream \"u\": health has \"statuses\""
            ),
        ])
    func faults(_ group: String, _ fault: String) {
        let faults = Self.faults(Self.file(group))
        #expect(faults.count == 1 && faults[0].hasPrefix(fault), "\(faults)")
    }

    @Test("more than 64 targets are refused")
    func tooMany() {
        let targets = (0..<65).map { "http://u\($0)" }.joined(separator: ", ")
        #expect(Self.faults(Self.file("{targets: [\(targets)]}")).first?.contains("more than 64") == true)
    }

    @Test("the audience of a group is no other service's name", arguments: ["platform-portal", "customer-portal", "x"])
    func audience(_ name: String) {
        #expect(UpstreamGroup(name: name, targets: []).audience == "upstream:\(name)")
    }
}
