import Secrets
import TestSupport
import Testing

@testable import Gateway

@Suite("A refused request is explained in the log", .timeLimit(.minutes(10)))
struct RefusalLogTests {
    private static let foreignSecret = "another-secret-of-the-tests-0123456789-abcdefg"
    private static let routes = """
        - {name: api, prefix: /api/, upstream: plant}
        - {name: operations, prefix: /ops/, upstream: plant, roles: [ops]}
        - {name: scoped, prefix: /scoped/, upstream: plant, scopes: [write]}
        - {name: open, prefix: /open/, upstream: plant, auth: public, rate_limit: {requests: 1, per_seconds: 3600}}
        """

    private static func kid(_ secret: String) -> String { KeyID.derived(from: SecretBytes(utf8: secret)).rawValue }

    private static func run(
        _ body: @Sendable (TestGateway) async throws -> Void
    ) async throws {
        let file = try TemporaryFile(routes)
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, ["GW_ROUTES_FILE": file.path], body)
        }
    }

    /// A token whose header is this text.
    private static func token(header: String) -> String {
        Base64URL.encode(Array(header.utf8)) + ".e30.c2lnbmF0dXJl"
    }

    @Test("with code, kid, held kids, source, route and request id, and never with a byte of a token or a secret")
    func fields() async throws {
        let own = Self.kid(TestGateway.secret)
        let good = try TestTokens.token()
        let cases: [(path: String, token: String?, code: String, kid: String, route: String)] = [
            (
                "/api/x", try TestTokens.token(secret: Self.foreignSecret), "unknown_key", Self.kid(Self.foreignSecret),
                "api"
            ),
            ("/api/x", try TestTokens.token(now: 1_700_000_000), "expired", own, "api"),
            ("/api/x", try TestTokens.token(issuer: "somebody"), "wrong_issuer", own, "api"),
            ("/api/x", String(good.dropLast(4)) + "AAAA", "bad_signature", own, "api"),
            ("/ops/x", good, "forbidden", own, "operations"),
            ("/scoped/x", good, "insufficient_scope", own, "scoped"),
            ("/api/x", nil, "missing_token", "none", "api"),
            ("/api/x", "x.y.z", "malformed_token", "none", "api"),
            (
                "/api/x", Self.token(header: #"{"alg":"none","kid":"made\nup"}"#), "unsupported_algorithm", "made?up",
                "api"
            ),
            ("/nowhere", nil, "not_found", "none", "none"),
        ]
        try await Self.run { gateway in
            for (index, one) in cases.enumerated() {
                let requestID = "request-of-case-\(index)"
                let answer = try await gateway.get(one.path, ["X-Request-Id: \(requestID)"], token: one.token)
                #expect(answer.code == one.code)
                let lines = await gateway.log.lines(of: "request refused", count: index + 1)
                #expect(lines.count == index + 1)
                let line = try #require(lines.last?.metadata)
                #expect(line["request_id"] == requestID)
                #expect(line["code"] == one.code)
                #expect(line["kid"] == one.kid, "\(one.code)")
                #expect(line["route"] == one.route, "\(one.code)")
                #expect(line["held_kids"] == "\(own) (current)")
                #expect(line["source"]?.contains("JWT_SECRET") == true)
                #expect(line["cause"]?.isEmpty == false)
            }
            let log = gateway.log.text
            for token in cases.compactMap(\.token) where token != "x.y.z" {
                for part in token.split(separator: ".") where part != "e30" { #expect(!log.contains(part)) }
            }
            for secret in [TestGateway.secret, Self.foreignSecret] { #expect(!log.contains(secret)) }
        }
    }

    @Test("what has no cause of its own is told in the words of its answer: too many requests, no such route")
    func withoutCause() async throws {
        try await Self.run { gateway in
            #expect(try await gateway.get("/open/x").status == 200)
            #expect(try await gateway.get("/open/x").status == 429)
            let line = try #require(await gateway.log.lines(of: "request refused", count: 1).first?.metadata)
            #expect(line["code"] == "rate_limited")
            #expect(line["cause"] == "too many requests on this route")
            #expect(line["route"] == "open")
            #expect(line["kid"] == "none")
        }
    }

    @Test("a head that can't be read has a line as well")
    func unreadable() async throws {
        try await Self.run { gateway in
            let answer = try await gateway.send("GET /api/x HTTP/1.1\r\nHost : gateway.test\r\n\r\n")
            #expect(answer.status == 400)
            let line = try #require(await gateway.log.lines(of: "request refused", count: 1).first?.metadata)
            #expect(line["code"] == "malformed_request")
            #expect(line["route"] == "none")
            let access = try #require(await gateway.log.lines(of: "request", count: 1).first?.metadata)
            #expect(access["request_id"] == line["request_id"])
        }
    }

    @Test(
        "the kid of a token that nobody verified is one bounded line, or none",
        arguments: [
            (#"{"alg":"HS256","kid":"key-1"}"#, "key-1"), (#"{"kid":"only"}"#, "only"),
            (#"{"alg":"HS256","kid":"a\r\nb\u0000\u202ec"}"#, "a??b????c"), (#"{"kid":7}"#, nil),
            (#"{"kid":""}"#, nil), (#"{"alg":"HS256"}"#, nil), (#"["kid"]"#, nil), (#"{"kid":"a","kid":"b"}"#, nil),
            (#"{"kid":""# + String(repeating: "k", count: 81) + #""}"#, String(repeating: "k", count: 80) + "…"),
            (#"{"kid":"k","x":""# + String(repeating: "x", count: 3000) + #""}"#, nil),
        ] as [(String, String?)])
    func namedKey(_ header: String, _ shown: String?) {
        #expect(NamedKey.text(of: Self.token(header: header)) == shown)
    }

    @Test("what is no token names no key", arguments: ["", ".", "..", "a", "a.b", "é.b.c", "e30.e30.e30"])
    func noToken(_ text: String) { #expect(NamedKey.text(of: text) == nil) }
}
