import Foundation
import Secrets
import TestSupport
import Testing
import Tokens

@Suite("Attacks: line breaks in what becomes a header", .timeLimit(.minutes(10)))
struct HeaderInjectionTests {
    @Test("line breaks in the plant's answer become no header")
    func plantsWords() async throws {
        let handler: UpstreamServer.Handler = { request in
            request.path == TestPlant.validatePath
                ? .json(#"{"valid":true,"customer_id":"c\r\nX-Evil: 1","email":"e","plan":"p\nq"}"#) : .json("{}")
        }
        try await UpstreamServer.with(handler) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                #expect(try await gateway.get("/api/v1/customers", token: try TestTokens.token()).status == 200)
                let request = try #require(plant.requests(to: "/api/v1/customers").first)
                #expect(request.values("x-evil").isEmpty)
                #expect(request.values("x-customer-id") == ["c%0D%0AX-Evil:%201"])
                #expect(request.values("x-customer-plan") == ["p%0Aq"])
            }
        }
    }

    /// As an issuer without scruples, or without care, would sign it: ours refuses to.
    static func token(_ text: String, in claim: Claim) throws -> String {
        let mark = "place-of-the-text"
        let honest =
            switch claim {
            case .subject: try TestTokens.token(subject: mark)
            case .email: try TestTokens.token(email: mark)
            case .roles: try TestTokens.token(roles: ["admin", mark])
            case .customer:
                try TestTokens.token(roles: ["customer"], customerID: mark, issuer: "lockstep-customer")
            }
        let parts = honest.split(separator: ".").map(String.init)
        let padding = String(repeating: "=", count: (4 - parts[1].utf8.count % 4) % 4)
        let base64 = parts[1].replacing("-", with: "+").replacing("_", with: "/") + padding
        let claims = String(decoding: try #require(Data(base64Encoded: base64) as Data?), as: UTF8.self)
        let escaped = String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
        let payload = claims.replacing("\"\(mark)\"", with: escaped)
        #expect(payload != claims)
        let key = try #require(TestTokens.ring().keys.first)
        return try CompactJWS.sign(Array(payload.utf8), header: Array(parts[0].utf8), key: key)
    }

    enum Claim: CaseIterable { case subject, email, roles, customer }

    @Test("a token that is signed so by hand is let in where its text is harmless", arguments: Claim.allCases)
    func harmless(_ claim: Claim) async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, ["GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false"]) { gateway in
                let response = try await gateway.get("/api/v1/x", token: try Self.token("harmless", in: claim))
                #expect(response.status == 200)
            }
        }
    }

    /// Line breaks of all kinds, control characters, and what would be another role.
    static let texts = [
        "x\r\nX-Evil: 1", "x\nX-Evil: 1", "x\rX-Evil: 1", "x\u{0}\r\n\r\nGET /evil HTTP/1.1\r\nX-Evil: 1",
        "x\r\n\r\nHTTP/1.1 200 OK\r\nX-Evil: 1\r\n\r\n", "x\r\n X-Evil: 1",
        "x\u{85}X-Evil: 1", "x\u{2028}X-Evil: 1",
        "x\u{010D}\u{010A}X-Evil: 1", "x\u{0}X-Evil: 1", "x\tX-Evil: 1", "x\u{8}X-Evil: 1", "x\u{B}X-Evil: 1",
        "x\u{C}X-Evil: 1", "x\u{1B}[2KX-Evil: 1", "x\u{7F}X-Evil: 1", "x\u{9B}X-Evil: 1", "x, super_admin",
        "x,super_admin", "\r\n\r\n", "",
    ]

    /// Nothing but visible ASCII, and no role that is not one of the token's.
    static func expectHarmless(
        _ headers: [(name: String, value: String)], _ text: String, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(!headers.contains { $0.name.lowercased() == "x-evil" }, sourceLocation: sourceLocation)
        let said = headers.filter { name, _ in
            ["x-user-", "x-customer-"].contains { name.lowercased().hasPrefix($0) }
        }
        #expect(
            said.allSatisfy { $0.value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } },
            "\(text.debugDescription): \(said)",
            sourceLocation: sourceLocation)
        let roles = said.filter { $0.name.lowercased() == "x-user-roles" }.flatMap { $0.value.split(separator: ",") }
        #expect(!roles.contains { $0.contains("super_admin") && !$0.contains("%2C") }, sourceLocation: sourceLocation)
    }

    @Test("CRLF in the claims of a token that is signed becomes no header", arguments: Claim.allCases)
    func claims(_ claim: Claim) async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, ["GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false"]) { gateway in
                for text in Self.texts {
                    let before = plant.requests.count
                    let response = try await gateway.get("/api/v1/x", token: try Self.token(text, in: claim))
                    #expect([200, 401].contains(response.status))
                    let requests = plant.requests.dropFirst(before)
                    #expect(requests.count == (response.status == 200 ? 1 : 0))
                    for request in requests {
                        #expect(request.path == "/api/v1/x")
                        Self.expectHarmless(request.headers, text)
                    }
                }
            }
        }
    }

    @Test(
        "a captured part of a path that would break a line goes nowhere",
        arguments: ["%0d%0aX-Evil:1", "%0a", "%00", "%0D"])
    func captured(_ text: String) async throws {
        let file = try TemporaryFile(
            """
            [{"path": "/r/{id}", "upstream": "plant", "auth": "public", "rewrite": {"template": "/v2/{id}"}}]
            """)
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, ["GW_ROUTES_FILE": file.path]) { gateway in
                let response = try await gateway.get("/r/x\(text)")
                #expect(response.status == 400)
                #expect(plant.requests.isEmpty)
            }
        }
    }
}
