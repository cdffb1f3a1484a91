import Foundation
import TestSupport
import Testing

@testable import Gateway

@Suite("A Unix socket beside the port", .serialized, .timeLimit(.minutes(10)))
struct UnixSocketTests {
    private static func run(
        _ path: String, _ variables: [String: String] = [:],
        _ body: @Sendable (TestGateway, UpstreamServer) async throws -> Void
    ) async throws {
        let settings = ["GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false", "GW_LISTEN_UNIX": path]
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, settings.merging(variables) { $1 }) { gateway in
                try await body(gateway, plant)
            }
        }
    }

    private static func request(_ fields: [String] = []) throws -> String {
        TestGateway.request("GET", "/api/v1/x", fields, token: try TestTokens.token())
    }

    @Test("it serves as the port does, is for owner and group alone, and goes with the gateway")
    func serves() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("gateway.sock")
        try await Self.run(path) { gateway, plant in
            var status = stat()
            #expect(stat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o660)
            let client = try await RawClient.connect(port: 0, unixPath: path)
            let lies = try Self.request(["X-Forwarded-For: 6.6.6.6", "X-Forwarded-Proto: https"])
            for _ in 0..<3 { #expect(try await client.request(lies).status == 200) }
            let request = try #require(plant.requests.first)
            // Whoever it is, nobody said that it is believed.
            #expect(request.values("x-forwarded-for") == ["unix"])
            #expect(request.values("x-forwarded-proto") == ["http"])
            #expect(request.values("forwarded").first?.hasPrefix("for=_unix;") == true)
            #expect(try await gateway.get("/health").status == 200)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("TRUSTED_PROXIES=unix believes what comes by it")
    func trusted() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("gateway.sock")
        try await Self.run(path, ["TRUSTED_PROXIES": "unix"]) { gateway, plant in
            let client = try await RawClient.connect(port: 0, unixPath: path)
            let fields = ["X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https"]
            #expect(try await client.request(try Self.request(fields)).status == 200)
            let request = try #require(plant.requests.first)
            #expect(request.values("x-forwarded-for") == ["203.0.113.9, unix"])
            #expect(request.values("x-forwarded-proto") == ["https"])
            // And nothing that comes by the port.
            #expect(try await gateway.send(try Self.request(fields)).status == 200)
            #expect(plant.requests.last?.values("x-forwarded-for") == ["127.0.0.1"])
        }
    }

    @Test("PROXY headers are believed from it when it is trusted", arguments: [true, false])
    func proxyProtocol(_ isTrusted: Bool) async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("gateway.sock")
        let variables = ["GW_PROXY_PROTOCOL": "true", "TRUSTED_PROXIES": isTrusted ? "unix" : "127.0.0.1"]
        try await Self.run(path, variables) { _, plant in
            let client = try await RawClient.connect(
                port: 0, unixPath: path, first: Array("PROXY TCP4 203.0.113.9 10.0.0.1 1 2\r\n".utf8))
            client.post(try Self.request())
            guard isTrusted else {
                #expect(await client.closed().rest.isEmpty)
                #expect(plant.requests.isEmpty)
                return
            }
            #expect(try await client.response().status == 200)
            #expect(plant.requests.first?.values("x-forwarded-for") == ["203.0.113.9"])
        }
    }

    @Test("a socket that a dead gateway left is replaced; one that is listened on, or a file, is not")
    func stale() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("gateway.sock")
        // As a process leaves it that was killed.
        close(try UnixSocket(binding: path).descriptor)
        #expect(FileManager.default.fileExists(atPath: path))
        try await Self.run(path) { _, _ in
            #expect(throws: UnixSocket.Fault.self) { try UnixSocket(binding: path) }
            let client = try await RawClient.connect(port: 0, unixPath: path)
            #expect(try await client.request(TestGateway.request("GET", "/health")).status == 200)
        }
        try folder.write("precious", to: "gateway.sock")
        #expect(throws: UnixSocket.Fault.self) { try UnixSocket(binding: path) }
        #expect(try folder.read("gateway.sock") == "precious")
    }

    @Test("a socket that is another's by now is not removed")
    func replaced() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("gateway.sock")
        let first = try UnixSocket(binding: path)
        defer { close(first.descriptor) }
        unlink(path)
        let second = try UnixSocket(binding: path)
        defer { close(second.descriptor) }
        first.remove()
        #expect(FileManager.default.fileExists(atPath: path))
        second.remove()
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
