import NIOCore
import NIOSSL
import TestSupport
import Testing

@Suite("Attacks: HTTP/2", .serialized, .timeLimit(.minutes(10)))
struct HTTP2AttackTests {
    /// RFC 9113 §7.
    private enum Code {
        static let protocolError: UInt32 = 1
        static let refusedStream: UInt32 = 7
        static let enhanceYourCalm: UInt32 = 11
    }

    @Test(
        "a malformed request is reset with PROTOCOL_ERROR, the upstream sees none of it, and the connection serves on")
    func malformed() async throws {
        // A field without a name is no HPACK (RFC 9113 §4.3), and ends the connection.
        let requests = RequestTranslationTests.malformed.filter { $0.name != "an empty name" }
        try await HTTP2Tests.run { gateway, plant, tls in
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            let token = try TestTokens.token()
            for (index, request) in requests.enumerated() {
                let stream = 4 * index + 1
                client.headers(stream, request.fields + [("authorization", "Bearer \(token)")])
                #expect(try await client.answer(stream).reset == Code.protocolError, "\(request.name)")
                #expect(try await client.get(stream + 2, "/health").status == ":status=200", "\(request.name)")
            }
            #expect(plant.requests.isEmpty)
        }
    }

    @Test("DATA that disagrees with content-length never becomes a second request")
    func smuggling() async throws {
        try await HTTP2Tests.run { gateway, plant, tls in
            let token = try TestTokens.token()
            let smuggled =
                "GET /api/v1/smuggled HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer \(token)\r\n\r\n"
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            client.headers(1, RawHTTP2.fields("POST", "/api/v1/x", [("content-length", "5")], token: token), end: false)
            client.data(1, "hello" + smuggled, end: true)
            #expect(try await client.answer(1).reset == Code.protocolError)
            client.headers(3, RawHTTP2.fields("POST", "/api/v1/x", [("content-length", "0")], token: token), end: false)
            client.data(3, smuggled, end: true)
            let second = try await client.answer(3)
            #expect(second.reset == Code.protocolError || second.isEnded)
            client.headers(
                5, RawHTTP2.fields("POST", "/api/v1/x", [("content-length", "900")], token: token), end: false)
            client.data(5, smuggled, end: true)
            #expect(try await client.answer(5).reset == Code.protocolError)
            client.headers(7, RawHTTP2.fields("POST", "/api/v1/x", token: token), end: false)
            client.data(7, "0\r\n\r\n" + smuggled, end: true)
            #expect(try await client.answer(7).status == ":status=200")
            #expect(plant.requests(to: "/api/v1/smuggled").isEmpty)
            // Not the last for sure: requests that were reset may come in behind it.
            #expect(plant.requests.contains { $0.body == Array(("0\r\n\r\n" + smuggled).utf8) })
        }
    }

    @Test("rapid resets (CVE-2023-44487) end the connection")
    func rapidReset() async throws {
        try await HTTP2Tests.run(plant: { _ in .silence }) { gateway, _, tls in
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            let token = try TestTokens.token()
            for index in 0..<300 {
                client.headers(2 * index + 1, RawHTTP2.fields("GET", "/api/v1/x", token: token))
                client.post(.reset, 0, 2 * index + 1, RawHTTP2.bytes(UInt32(8)))
            }
            let code = await client.end()
            #expect(code == Code.enhanceYourCalm || code == nil)
            let next = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            #expect(try await next.get(1, "/health").status == ":status=200")
        }
    }

    @Test("malformed requests without end, and each alone a stream's matter, end the connection")
    func manyMalformed() async throws {
        try await HTTP2Tests.run { gateway, plant, tls in
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            for index in 0..<400 {
                client.headers(2 * index + 1, RawHTTP2.fields("GET", "/a b"))
            }
            let code = await client.end()
            #expect(code == Code.enhanceYourCalm || code == nil)
            #expect(plant.requests.isEmpty)
        }
    }

    @Test(
        "floods of frames that ask for an answer, or never end, end the connection",
        arguments: ["ping", "settings", "priority", "continuation", "empty data"])
    func floods(_ kind: String) async throws {
        try await HTTP2Tests.run { gateway, _, tls in
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            let token = try TestTokens.token()
            switch kind {
            case "continuation":
                client.post(.headers, 0, 1, RawHTTP2.block(RawHTTP2.fields("GET", "/health")))
                for _ in 0..<1000 { client.post(.continuation, 0, 1, RawHTTP2.block([("a", "b")])) }
            case "empty data":
                client.headers(1, RawHTTP2.fields("POST", "/api/v1/x", token: token), end: false)
                for _ in 0..<1000 { client.post(.data, 0, 1) }
            default:
                for _ in 0..<1000 {
                    switch kind {
                    case "ping": client.post(.ping, 0, 0, [UInt8](repeating: 0, count: 8))
                    case "settings": client.post(.settings, 0, 0)
                    default: client.post(.priority, 0, 1, [0, 0, 0, 0, 1])
                    }
                }
            }
            let code = await client.end()
            #expect(code == Code.enhanceYourCalm || code == nil)
            let next = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            #expect(try await next.get(1, "/health").status == ":status=200")
        }
    }

    /// As HEADERS and as many CONTINUATION frames as it takes.
    private static func post(_ client: RawHTTP2, _ stream: Int, _ block: [UInt8], frame: Int = 16_384) {
        let parts = stride(from: 0, to: block.count, by: frame).map { Array(block[$0..<min($0 + frame, block.count)]) }
        for (index, part) in parts.enumerated() {
            let end = index == parts.count - 1 ? RawHTTP2.Flag.endHeaders : 0
            if index == 0 {
                client.post(.headers, end | RawHTTP2.Flag.endStream, stream, part)
            } else {
                client.post(.continuation, end, stream, part)
            }
        }
    }

    @Test("a head that is longer than allowed is 431, in one frame or several, and the connection serves on")
    func longHead() async throws {
        try await HTTP2Tests.run { gateway, plant, tls in
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            let token = try TestTokens.token()
            // Until a client has acknowledged SETTINGS, the codec holds to its own 16 KiB.
            #expect(try await client.get(1, "/health").status == ":status=200")
            var stream = 3
            for length in [16_200, 20_000, 40_000, 64_000] {
                let field = ("a", String(repeating: "x", count: length))
                Self.post(client, stream, RawHTTP2.block(RawHTTP2.fields("GET", "/api/v1/x", [field], token: token)))
                let answer = try await client.answer(stream)
                #expect(answer.status == ":status=431", "\(length)")
                #expect(answer.text.contains(#""code":"headers_too_large""#), "\(length)")
                stream += 2
            }
            let many = (0..<200).map { ("a\($0)", "b") }
            Self.post(client, stream, RawHTTP2.block(RawHTTP2.fields("GET", "/api/v1/x", many, token: token)))
            #expect(try await client.answer(stream).status == ":status=431")
            // With a body on its way too.
            client.headers(stream + 2, RawHTTP2.fields("POST", "/api/v1/x", many, token: token), end: false)
            #expect(try await client.answer(stream + 2).status == ":status=431")
            #expect(try await client.get(stream + 4, "/health").status == ":status=200")
            #expect(plant.requests.isEmpty)
        }
    }

    @Test("a head beyond what is read at all ends the connection: as text, by small parts, or as a bomb of HPACK")
    func endlessHead() async throws {
        try await HTTP2Tests.run { gateway, plant, tls in
            for (length, frame) in [(70_000, 16_384), (30_000, 1000)] {
                let long = try await RawHTTP2.connect(port: gateway.port, tls: tls)
                #expect(try await long.get(1, "/health").status == ":status=200")
                let field = ("a", String(repeating: "x", count: length))
                Self.post(long, 3, RawHTTP2.block(RawHTTP2.fields("GET", "/api/v1/x", [field])), frame: frame)
                #expect(await long.end() != 0, "\(length)")
            }
            // An entry of the dynamic table, which a byte each calls up again (RFC 7541 §6.1).
            let bomb = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            #expect(try await bomb.get(1, "/health").status == ":status=200")
            let value = String(repeating: "x", count: 2000)
            let entry: [UInt8] =
                [0x40, 1, 0x61, 127] + [UInt8(1873 % 128 + 128), UInt8(1873 / 128)] + Array(value.utf8)
            let block =
                RawHTTP2.block(RawHTTP2.fields("GET", "/api/v1/x")) + entry + [UInt8](repeating: 0xBE, count: 4000)
            bomb.post(.headers, RawHTTP2.Flag.endHeaders | RawHTTP2.Flag.endStream, 3, block)
            #expect(await bomb.end() != 0)
            #expect(plant.requests.isEmpty)
        }
    }

    @Test(
        "a value that HPACK would change on the way, as it is no UTF-8, is 400, and so is one that may have been changed",
        arguments: [[0xE9], [0x66, 0xFF, 0x66], [0xC3], [0xED, 0xA0, 0x80], [0xEF, 0xBF, 0xBD]] as [[UInt8]])
    func replacedBytes(_ bytes: [UInt8]) async throws {
        try await HTTP2Tests.run { gateway, plant, tls in
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            let token = try TestTokens.token()
            func field(_ name: String, _ value: [UInt8]) -> [UInt8] {
                [0, UInt8(name.utf8.count)] + Array(name.utf8) + [UInt8(value.count)] + value
            }
            for (index, method) in ["GET", "HEAD", "POST"].enumerated() {
                let stream = 4 * index + 1
                let block = RawHTTP2.block(RawHTTP2.fields(method, "/api/v1/x", token: token)) + field("a", bytes)
                let end = method == "POST" ? 0 : RawHTTP2.Flag.endStream
                client.post(.headers, RawHTTP2.Flag.endHeaders | end, stream, block)
                if method == "POST" { client.data(stream, "body", end: true) }
                let answer = try await client.answer(stream)
                #expect(answer.status == ":status=400", "\(method)")
                #expect(answer.text.contains("UTF-8") == (method != "HEAD"), "\(method)")
                // What is UTF-8 beyond ASCII goes through.
                let good = RawHTTP2.block(RawHTTP2.fields("GET", "/api/v1/x", [("a", "\u{E9}")], token: token))
                client.post(.headers, RawHTTP2.Flag.endHeaders | RawHTTP2.Flag.endStream, stream + 2, good)
                #expect(try await client.answer(stream + 2).status == ":status=200")
            }
            #expect(plant.requests.map { $0.values("a") } == Array(repeating: ["\u{E9}"], count: 3))
            // In trailers it is too late for an answer.
            client.headers(13, RawHTTP2.fields("POST", "/api/v1/x", token: token), end: false)
            client.data(13, "a")
            client.post(.headers, RawHTTP2.Flag.endHeaders | RawHTTP2.Flag.endStream, 13, field("a", bytes))
            #expect(try await client.answer(13).reset == Code.protocolError)
            #expect(gateway.log.lines.contains { $0.metadata["code"] == "malformed_request" })
        }
    }

    @Test("a client that asks and gives no window for the answer does not hold its stream for ever")
    func noWindow() async throws {
        try await HTTP2Tests.run(["GW_KEEPALIVE_TIMEOUT_MS": "500"]) { gateway, _, tls in
            // SETTINGS_INITIAL_WINDOW_SIZE.
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls, settings: [(4, 0)])
            let answer = try await client.get(1, "/health")
            #expect(answer.status == ":status=200")
            #expect(answer.body.isEmpty)
            // CANCEL; then the connection is idle, and goes too.
            #expect(answer.reset == 8)
            #expect(await client.end() == 0)
        }
    }

    @Test("a body without end is 413 at the bound, its upstream is let go, and the connection serves on")
    func endlessBody() async throws {
        try await HTTP2Tests.run(["GW_MAX_BODY_BYTES": "30000"]) { gateway, plant, tls in
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            client.headers(1, RawHTTP2.fields("POST", "/api/v1/x", token: try TestTokens.token()), end: false)
            for _ in 0..<6 { client.data(1, String(repeating: "x", count: 10_000)) }
            let answer = try await client.answer(1)
            #expect(answer.status == ":status=413")
            #expect(answer.text.contains("payload_too_large"))
            #expect(try await client.get(3, "/health").status == ":status=200")
            await plant.idle()
            #expect(plant.requests.isEmpty)
        }
    }

    @Test("more streams at once than allowed are refused")
    func manyStreams() async throws {
        try await HTTP2Tests.run(plant: { _ in .silence }) { gateway, plant, tls in
            let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
            let token = try TestTokens.token()
            for index in 0..<101 { client.headers(2 * index + 1, RawHTTP2.fields("GET", "/api/v1/x", token: token)) }
            let code = await client.end()
            #expect(code != 0 || client.seen(201).reset != nil)
            #expect(plant.requests.count <= 100)
        }
    }

    @Test("bytes that are no HTTP/2 end the connection")
    func garbage() async throws {
        try await HTTP2Tests.run { gateway, _, tls in
            let client = try await RawClient.connect(port: gateway.port, tls: tls)
            client.post("GET / HTTP/1.1\r\nHost: g\r\n\r\n")
            #expect(!(await client.closed().rest.contains("HTTP/1.1")))
        }
    }

    @Test(
        "HTTP/2 in clear text is refused: its preface is no request, and its upgrade is none", arguments: [false, true])
    func clearText(_ isTLS: Bool) async throws {
        let certificates = try await TestCertificates()
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            let variables = HTTP2Tests.quiet.merging(isTLS ? certificates.variables : [:]) { $1 }
            try await TestGateway.run(plant: plant, variables) { gateway in
                // Over TLS too, where HTTP/1.1 was agreed on.
                let tls = isTLS ? try certificates.client(protocols: ["http/1.1"]) : nil
                let client = try await RawClient.connect(port: gateway.port, tls: tls)
                client.post(RawHTTP2.preface)
                client.post(bytes: RawHTTP2.frame(.settings, 0, 0, []))
                let response = try await client.response()
                #expect(response.status == 400)
                #expect(response.code == "malformed_request")
                #expect(!(await client.closed().rest.contains("HTTP/1.1")))
                let upgrade = try await RawClient.connect(port: gateway.port, tls: tls)
                let answer = try await upgrade.request(
                    TestGateway.request(
                        "GET", "/api/v1/x",
                        ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"],
                        token: try TestTokens.token()))
                #expect(answer.status == 200)
                #expect(answer.values("connection") == ["close"])
                #expect(answer.values("upgrade").isEmpty)
            }
        }
    }
}
