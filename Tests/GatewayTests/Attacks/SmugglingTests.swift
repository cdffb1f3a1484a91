import TestSupport
import Testing

@Suite("Attacks: requests that two servers would read differently", .timeLimit(.minutes(10)))
struct SmugglingTests {
    struct Attack: Sendable, CustomTestStringConvertible {
        var name: String
        /// TOKEN becomes a valid one.
        var bytes: String
        var status = 400
        var testDescription: String { name }
    }

    private static let end = "GET /api/v1/smuggled HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer TOKEN\r\n\r\n"
    private static func post(_ fields: String, _ body: String) -> String {
        "POST /api/v1/x HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer TOKEN\r\n\(fields)\r\n\(body)"
    }

    static let attacks = [
        Attack(name: "CL.TE", bytes: post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + end)),
        Attack(
            name: "TE.CL",
            bytes: post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "1\r\nx\r\n0\r\n\r\n" + end)),
        Attack(name: "two equal lengths", bytes: post("Content-Length: 1\r\nContent-Length: 1\r\n", "x" + end)),
        Attack(name: "two lengths", bytes: post("Content-Length: 0\r\nContent-Length: 90\r\n", end)),
        Attack(name: "a list of lengths", bytes: post("Content-Length: 0, 90\r\n", end)),
        Attack(name: "a signed length", bytes: post("Content-Length: +1\r\n", "x" + end)),
        Attack(name: "a length in another base", bytes: post("Content-Length: 0x1\r\n", "x" + end)),
        Attack(name: "a length out of range", bytes: post("Content-Length: 99999999999999999999\r\n", end)),
        Attack(
            name: "TE twice",
            bytes: post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n" + end)),
        Attack(name: "TE with another coding", bytes: post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n" + end)),
        Attack(name: "TE that is not chunked", bytes: post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n" + end)),
        Attack(name: "TE with a tab", bytes: post("Transfer-Encoding: chunked\u{0B}\r\n", "0\r\n\r\n" + end)),
        Attack(name: "space before the colon", bytes: post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n" + end)),
        Attack(name: "space before the name", bytes: post(" Transfer-Encoding: chunked\r\n", "0\r\n\r\n" + end)),
        Attack(name: "obs-fold", bytes: post("X-A: b\r\n Transfer-Encoding: chunked\r\n", "0\r\n\r\n" + end)),
        Attack(name: "obs-fold with a tab", bytes: post("X-A: b\r\n\tc\r\n", end)),
        Attack(
            name: "underscore for dash in TE", bytes: post("Transfer_Encoding: chunked\r\nContent-Length: 0\r\n", end)),
        Attack(name: "underscore for dash in CL", bytes: post("Content_Length: 90\r\nContent-Length: 0\r\n", end)),
        Attack(name: "bare LF between fields", bytes: post("X-A: b\nContent-Length: 0\r\n", end)),
        Attack(name: "bare CR in a value", bytes: post("X-A: b\rContent-Length: 90\r\n", end)),
        Attack(name: "NUL in a value", bytes: post("X-A: b\u{0}c\r\n", end)),
        Attack(name: "no colon", bytes: post("Transfer-Encoding chunked\r\n", "0\r\n\r\n" + end)),
        Attack(name: "an empty name", bytes: post(": chunked\r\n", end)),
        Attack(
            name: "chunk size with a sign", bytes: post("Transfer-Encoding: chunked\r\n", "+1\r\nx\r\n0\r\n\r\n" + end)),
        Attack(
            name: "chunk size that is none", bytes: post("Transfer-Encoding: chunked\r\n", "g\r\nx\r\n0\r\n\r\n" + end)),
        Attack(
            name: "chunk longer than it says",
            bytes: post("Transfer-Encoding: chunked\r\n", "1\r\nxy\r\n0\r\n\r\n" + end)),
        Attack(
            name: "chunked in HTTP/1.0",
            bytes: "POST /api/v1/x HTTP/1.0\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + end),
        Attack(name: "no host", bytes: "GET /api/v1/x HTTP/1.1\r\nAuthorization: Bearer TOKEN\r\n\r\n"),
        Attack(name: "two hosts", bytes: "GET /api/v1/x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        Attack(name: "a host with a path", bytes: "GET /api/v1/x HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        Attack(name: "absolute form with a user", bytes: "GET http://u@g/api/v1/x HTTP/1.1\r\nHost: g\r\n\r\n"),
        Attack(name: "absolute form of another host", bytes: "GET http://evil/api/v1/x HTTP/1.1\r\nHost: g\r\n\r\n"),
        Attack(name: "authority form", bytes: "CONNECT g:443 HTTP/1.1\r\nHost: g\r\n\r\n"),
        Attack(name: "asterisk form", bytes: "OPTIONS * HTTP/1.1\r\nHost: g\r\n\r\n"),
        Attack(name: "HTTP/2 preface", bytes: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        Attack(name: "HTTP/0.9", bytes: "GET /api/v1/x\r\n\r\n"),
        Attack(name: "HTTP/1.2", bytes: "GET /api/v1/x HTTP/1.2\r\nHost: g\r\n\r\n"),
        Attack(name: "a method that is no token", bytes: "G@T /api/v1/x HTTP/1.1\r\nHost: g\r\n\r\n"),
        Attack(name: "a space in the target", bytes: "GET /api/v1/x y HTTP/1.1\r\nHost: g\r\n\r\n"),
        Attack(name: "an unknown expectation", bytes: post("Expect: a-miracle\r\nContent-Length: 1\r\n", "x" + end)),
        Attack(name: "TRACE", bytes: "TRACE /api/v1/x HTTP/1.1\r\nHost: g\r\n\r\n", status: 405),
        Attack(name: "TLS", bytes: "\u{16}\u{3}\u{1}\u{0}\u{5}hello\r\n\r\n"),
    ]

    @Test("each is refused, its connection closed, and nothing of it reaches an upstream", arguments: attacks)
    func attack(_ attack: Attack) async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, ["GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false"]) { gateway in
                let token = try TestTokens.token()
                let client = try await gateway.connect()
                client.post(attack.bytes.replacing("TOKEN", with: token))
                let response = try await client.response()
                #expect(response.status == attack.status)
                if attack.status == 400 { #expect(response.code == "malformed_request") }
                if attack.status == 400, attack.bytes.contains("smuggled") {
                    let rest = await client.closed().rest
                    #expect(!rest.contains("HTTP/1.1"), "something behind the refused request was answered")
                    #expect(plant.requests(to: "/api/v1/smuggled").isEmpty)
                }
                #expect(plant.requests.isEmpty)
            }
        }
    }

    @Test("a chunked body reaches the plant chunked anew, its trailers and extensions gone")
    func chunked() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                let token = try TestTokens.token()
                let body = "3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nX-User-Id: forged\r\n\r\n"
                let response = try await gateway.send(
                    TestGateway.request(
                        "POST", "/api/v1/x", ["Transfer-Encoding: chunked", "Trailer: X-User-Id"], token: token) + body)
                #expect(response.status == 200)
                let request = try #require(plant.requests(to: "/api/v1/x").first)
                #expect(request.body == Array("abcde".utf8))
                #expect(request.values("transfer-encoding") == ["chunked"])
                #expect(request.values("trailer").isEmpty)
                #expect(request.values("x-user-id") == ["user-1"])
            }
        }
    }
}
