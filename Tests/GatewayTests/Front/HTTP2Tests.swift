import Foundation
import NIOCore
import NIOSSL
import TestSupport
import Testing

@Suite("HTTP/2 in front", .serialized, .timeLimit(.minutes(10)))
struct HTTP2Tests {
    static let quiet = ["GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false"]

    static func run(
        _ variables: [String: String] = [:], plant handler: @escaping UpstreamServer.Handler = TestPlant.friendly,
        _ body: @Sendable (TestGateway, UpstreamServer, NIOSSLContext) async throws -> Void
    ) async throws {
        let certificates = try await TestCertificates()
        let tls = try certificates.client(protocols: ["h2"])
        try await UpstreamServer.with(handler) { plant in
            let all = quiet.merging(certificates.variables) { $1 }.merging(variables) { $1 }
            try await TestGateway.run(plant: plant, all) { gateway in try await body(gateway, plant, tls) }
        }
    }

    @Test("a request is served, the upstream speaks HTTP/1.1 and hears who asked and how")
    func request() async throws {
        try await Self.run { gateway, plant, tls in
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            let token = try TestTokens.token()
            client.headers(
                1,
                RawHTTP2.fields(
                    "GET", "/api/v1/x?y=z",
                    [("x-user-id", "forged"), ("x-forwarded-for", "6.6.6.6"), ("cookie", "a=1"), ("cookie", "b=2")],
                    token: token))
            let answer = try await client.answer(1)
            #expect(answer.status == ":status=200")
            #expect(answer.text == #"{"ok":true}"#)
            #expect(answer.heads.joined().contains { $0.hasPrefix("x-request-id=") })
            #expect(!answer.heads.joined().contains { $0.hasPrefix("connection=") || $0.hasPrefix("transfer-enc") })
            let request = try #require(plant.requests.first)
            #expect(request.target == "/api/v1/x?y=z")
            #expect(request.values("x-user-id") == ["user-1"])
            #expect(request.values("x-forwarded-for") == ["127.0.0.1"])
            #expect(request.values("x-forwarded-proto") == ["https"])
            #expect(request.values("x-forwarded-host") == ["gateway.test"])
            #expect(request.values("cookie") == ["a=1; b=2"])
            // An answer in full, to the log too.
            #expect(!gateway.log.text.contains("cut"))
        }
    }

    @Test("curl speaks it", .enabled(if: Tool.path("curl") != nil, "curl is not installed"))
    func curl() async throws {
        let certificates = try await TestCertificates()
        try await UpstreamServer.with({ $0.method == "POST" ? .json("\($0.bodyBytes)") : .stream(bytes: 3_000_000) }) {
            plant in
            let all = Self.quiet.merging(certificates.variables) { $1 }
            try await TestGateway.run(plant: plant, all) { gateway in
                let token = try TestTokens.token()
                let common = [
                    "--http2", "-sS", "--cacert", certificates.folder.path("served.pem"), "-w",
                    " %{http_version} %{http_code} %{size_download}", "-H", "Authorization: Bearer \(token)",
                ]
                let url = "https://127.0.0.1:\(gateway.port)/api/v1/x"
                let down = try await Tool.run("curl", common + ["-o", certificates.folder.path("body"), url])
                #expect(down == " 2 200 3000000")
                try certificates.folder.write(String(repeating: "x", count: 2_000_000), to: "up")
                let file = certificates.folder.path("up")
                #expect(try await Tool.run("curl", common + ["--data-binary", "@\(file)", url]) == "2000000 2 200 7")
                #expect(
                    try await Tool.run("curl", common + ["-T", file, "-X", "POST", "-H", "Expect: 100-continue", url])
                        == "2000000 2 200 7")
                #expect(try await Tool.run("curl", common + ["-I", url]).contains("HTTP/2 200"))
                #expect(
                    try await Tool.run("curl", common + ["--http1.1", "-o", "/dev/null", url]) == " 1.1 200 3000000")
            }
        }
    }

    @Test("a hundred streams at once are each answered with their own answer")
    func concurrent() async throws {
        try await Self.run(plant: { .json("\"\($0.path)\"") }) { gateway, _, tls in
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            let token = try TestTokens.token()
            for round in 0..<3 {
                let streams = (0..<100).map { 2 * ($0 + 100 * round) + 1 }
                for stream in streams {
                    if stream % 3 == 0 {
                        client.headers(stream, RawHTTP2.fields("POST", "/api/v1/\(stream)", token: token), end: false)
                        client.data(stream, "hello", end: true)
                    } else {
                        client.headers(stream, RawHTTP2.fields("GET", "/api/v1/\(stream)", token: token))
                    }
                }
                for stream in streams {
                    #expect(try await client.answer(stream).text == "\"/api/v1/\(stream)\"")
                }
            }
        }
    }

    @Test("bodies reach the upstream with their length or in chunks, and trailers end them")
    func bodies() async throws {
        try await Self.run { gateway, plant, tls in
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            let token = try TestTokens.token()
            client.headers(1, RawHTTP2.fields("POST", "/api/v1/a", [("content-length", "5")], token: token), end: false)
            client.data(1, "hel")
            client.data(1, "lo", end: true)
            #expect(try await client.answer(1).status == ":status=200")
            client.headers(3, RawHTTP2.fields("POST", "/api/v1/b", token: token), end: false)
            client.data(3, "0\r\n\r\n")
            client.headers(3, [("x-sum", "1")])
            #expect(try await client.answer(3).status == ":status=200")
            client.headers(5, RawHTTP2.fields("POST", "/api/v1/c", token: token))
            #expect(try await client.answer(5).status == ":status=200")
            let counted = try #require(plant.requests(to: "/api/v1/a").first)
            #expect(counted.values("content-length") == ["5"])
            #expect(counted.body == Array("hello".utf8))
            let chunked = try #require(plant.requests(to: "/api/v1/b").first)
            #expect(chunked.values("transfer-encoding") == ["chunked"])
            #expect(chunked.body == Array("0\r\n\r\n".utf8))
            #expect(plant.requests(to: "/api/v1/c").first?.values("content-length") == ["0"])
        }
    }

    @Test("what HTTP/1.1 answers with a status, HTTP/2 does too")
    func statuses() async throws {
        try await Self.run { gateway, plant, tls in
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            let token = try TestTokens.token()
            #expect(try await client.get(1, "/api/v1/x").status == ":status=401")
            #expect(try await client.get(3, "/nowhere", token: token).status == ":status=404")
            client.headers(5, [(":method", "CONNECT"), (":authority", "other.test:443")], end: false)
            let refused = try await client.answer(5)
            #expect(refused.status?.hasPrefix(":status=4") == true || refused.status == ":status=501")
            client.headers(
                7, RawHTTP2.fields("GET", "/api/v1/x", [("authorization", "Bearer a"), ("authorization", "Bearer b")]))
            #expect(try await client.answer(7).status == ":status=400")
            client.headers(9, RawHTTP2.fields("GET", "/api/v1/x", (0..<150).map { ("x-\($0)", "y") }))
            #expect(try await client.answer(9).status == ":status=431")
            client.headers(11, RawHTTP2.fields("HEAD", "/health"))
            let head = try await client.answer(11)
            #expect(head.status == ":status=200")
            #expect(head.body.isEmpty)
            #expect(try await client.get(13, "/api/v1/x", token: token).status == ":status=200")
            #expect(plant.requests.count == 1)
        }
    }

    @Test("a refused upload is answered, and the client told to stop sending")
    func earlyAnswer() async throws {
        try await Self.run { gateway, plant, tls in
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            client.headers(
                1, RawHTTP2.fields("POST", "/api/v1/x", [("content-length", "10000000")]), end: false)
            client.data(1, String(repeating: "x", count: 10_000))
            let answer = try await client.answer(1)
            #expect(answer.status == ":status=401")
            #expect(answer.isEnded)
            while client.seen(1).reset == nil { try await client.step() }
            #expect(client.seen(1).reset == 0)
            #expect(try await client.get(3, "/health").status == ":status=200")
            #expect(plant.requests.isEmpty)
        }
    }

    @Test("a response that breaks off is reset, and never seems whole")
    func broken() async throws {
        let raw = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
        try await Self.run(plant: { _ in .raw(raw, thenClose: true) }) { gateway, _, tls in
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            let answer = try await client.get(1, "/api/v1/x", token: try TestTokens.token())
            #expect(answer.reset == 2)
            #expect(!answer.isEnded)
            #expect(try await client.get(3, "/health").status == ":status=200")
        }
    }

    @Test("a stream that its client resets takes its upstream request with it")
    func cancelled() async throws {
        try await Self.run(plant: { _ in .silence }) { gateway, plant, tls in
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            client.headers(1, RawHTTP2.fields("GET", "/api/v1/x", token: try TestTokens.token()))
            await plant.received(1)
            client.post(.reset, 0, 1, RawHTTP2.bytes(UInt32(8)))
            await plant.idle()
            #expect(try await client.get(3, "/health").status == ":status=200")
        }
    }

    @Test("a client that does not read holds up its own stream, and the upstream behind it, and no other")
    func backpressure() async throws {
        let size = 64 * 1024 * 1024
        try await Self.run(plant: { $0.path == "/api/v1/big" ? .stream(bytes: size) : .json("1") }) {
            gateway, plant, tls in
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            client.holdBack()
            // The connection's window is left open: it is the stream's that is full.
            client.giveWindow(0, 1_000_000)
            let token = try TestTokens.token()
            client.headers(1, RawHTTP2.fields("GET", "/api/v1/big", token: token))
            while client.seen(1).body.count < 65_535 { try await client.step() }
            #expect(try await client.get(3, "/api/v1/x", token: token).text == "1")
            // The window, what the gateway keeps, and what the sockets between gateway and upstream hold.
            #expect(client.seen(1).body.count == 65_535)
            #expect(plant.written < 16 * 1024 * 1024)
            client.giveWindow(1, 100_000)
            while client.seen(1).body.count < 165_535 { try await client.step() }
            #expect(client.seen(1).body.count == 165_535)
        }
    }

    @Test("20 MB go through whole, both ways")
    func large() async throws {
        let size = 20 * 1024 * 1024
        try await Self.run(plant: { $0.method == "GET" ? .stream(bytes: size) : .json("\($0.bodyBytes)") }) {
            gateway, _, tls in
            let token = try TestTokens.token()
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            #expect(try await client.get(1, "/api/v1/x", token: token).body.count == size)
            client.headers(3, RawHTTP2.fields("POST", "/api/v1/x", token: token), end: false)
            try await client.upload(3, size)
            #expect(try await client.answer(3).text == "\(size)")
        }
    }

    @Test("streams count as clients: one too many is refused, and may be tried again")
    func overload() async throws {
        try await Self.run(["GW_MAX_CONNECTIONS": "3"], plant: { _ in .silence }) { gateway, plant, tls in
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            let token = try TestTokens.token()
            for stream in [1, 3, 5] { client.headers(stream, RawHTTP2.fields("GET", "/api/v1/x", token: token)) }
            await plant.received(3)
            // REFUSED_STREAM.
            #expect(try await client.get(7, "/health").reset == 7)
            client.post(.reset, 0, 1, RawHTTP2.bytes(UInt32(8)))
            var (stream, answer) = (9, try await client.get(9, "/health"))
            while answer.reset == 7 {
                stream += 2
                answer = try await client.get(stream, "/health")
            }
            #expect(answer.status == ":status=200")
        }
    }

    @Test("an idle connection is told to go, and closed")
    func idle() async throws {
        try await Self.run(["GW_KEEPALIVE_TIMEOUT_MS": "100"]) { gateway, _, tls in
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            #expect(try await client.get(1, "/health").status == ":status=200")
            #expect(await client.end() == 0)
            #expect(client.goAways.map(\.last) == [1])
        }
    }

    @Test("a connection that never asks for anything is closed as soon as over HTTP/1.1, whatever it says besides")
    func silent() async throws {
        try await Self.run(["GW_HEAD_TIMEOUT_MS": "3000"]) { gateway, _, tls in
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            client.post(.ping, 0, 0, [UInt8](repeating: 1, count: 8))
            while try await client.step().kind != RawHTTP2.Kind.ping.rawValue {}
            // The beginning of a head, which never ends.
            client.post(.headers, 0, 1, RawHTTP2.block([(":method", "GET")]))
            #expect(await client.end() == 0)
        }
    }

    @Test("a gateway that stops warns, takes what was under way, names the last stream, and closes behind it")
    func drain() async throws {
        let size = 300_000
        try await Self.run(["DRAIN_SECONDS": "10"], plant: { _ in .stream(bytes: size) }) { gateway, plant, tls in
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            let idle = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            let token = try TestTokens.token()
            #expect(try await idle.get(1, "/health").status == ":status=200")
            client.holdBack()
            client.headers(1, RawHTTP2.fields("GET", "/api/v1/x", token: token))
            while client.seen(1).body.count < 65_535 { try await client.step() }
            await gateway.shutDown()
            while client.goAways.isEmpty { try await client.step() }
            #expect(client.goAways.map(\.last) == [0x7FFF_FFFF])
            while client.goAways.count < 2 { try await client.step() }
            #expect(client.goAways.map(\.last) == [0x7FFF_FFFF, 1])
            #expect(await idle.end() == 0)
            // Too late, and told so: another gateway may have it.
            client.giveWindow(0, size)
            client.headers(3, RawHTTP2.fields("GET", "/api/v1/x", token: token))
            client.giveWindow(1, size)
            #expect(try await client.answer(1).body.count == size)
            #expect(await client.end() == 0)
            #expect(client.seen(3).status == nil)
            #expect(plant.requests.count == 1)
        }
    }

    @Test("PROXY header, TLS and HTTP/2 go together")
    func proxyProtocol() async throws {
        try await Self.run(["GW_PROXY_PROTOCOL": "true", "TRUSTED_PROXIES": "127.0.0.1"]) { gateway, plant, tls in
            let client = try await RawHTTP2.connect(
                port: gateway.port, tls: tls, first: Array("PROXY TCP4 203.0.113.9 10.0.0.1 1 2\r\n".utf8))
            let answer = try await client.get(1, "/api/v1/x", token: try TestTokens.token())
            #expect(answer.status == ":status=200")
            #expect(plant.requests.first?.values("x-forwarded-for") == ["203.0.113.9"])
        }
    }
}
