import TestSupport
import Testing

@Suite("Attacks: X-Forwarded, X-Original and Forwarded lies", .timeLimit(.minutes(10)))
struct ForwardingLieTests {
    @Test("a stranger's Forwarded, Via, tracestate and path headers end here")
    func lies() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                let lies = [
                    "Forwarded: for=6.6.6.6", "Via: 1.1 evil", "tracestate: a=b", "traceparent: nonsense",
                    "X-Original-Url: /internal", "X-Rewrite-Url: /internal", "X-Real-Ip: 6.6.6.6",
                    "True-Client-Ip: 6.6.6.6",
                    "X-Request-Id: a b",
                ]
                _ = try await gateway.get("/api/v1/customers", lies, token: try TestTokens.token())
                let request = try #require(plant.requests(to: "/api/v1/customers").first)
                let all = request.headers.map(\.value).joined(separator: "\n")
                for lie in ["6.6.6.6", "evil", "a=b", "nonsense", "/internal"] { #expect(!all.contains(lie), "\(lie)") }
                #expect(request.values("x-request-id").first?.utf8.count == 32)
            }
        }
    }

    static let lines = [
        "X-Forwarded-For: 6.6.6.6", "X-Forwarded-Host: evil.test", "X-Forwarded-Proto: https", "X-Forwarded-Port: 666",
        "X-Forwarded-Prefix: /internal", "X-Forwarded-Server: evil.test", "X-Forwarded-User: root",
        "X-Forwarded-Uri: /internal", "X-Forwarded-Method: DELETE", "X-Forwarded: for=6.6.6.6",
        "Forwarded: for=6.6.6.6;host=evil.test;proto=https;by=evil.test", "X-Original-Url: /internal",
        "X-Original-Uri: /internal", "X-Original-Method: DELETE", "X-Original-Host: evil.test",
        "X-Original-Authorization: Bearer root", "X-Original-Forwarded-For: 6.6.6.6", "X-Rewrite-Url: /internal",
        "X-Real-IP: 6.6.6.6", "X-Client-IP: 6.6.6.6", "X-Cluster-Client-IP: 6.6.6.6", "True-Client-IP: 6.6.6.6",
    ]
    private static let words = ["6.6.6.6", "evil", "https", "666", "/internal", "root", "DELETE"]

    @Test("none of them reaches the plant in any spelling; what the gateway knows itself does", arguments: lines)
    func stranger(_ line: String) async throws {
        let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
        let loose = ["_", ".", "~"].map { parts[0].replacing("-", with: $0) + ":" + parts[1] }
        let spellings = [line, parts[0].uppercased() + ":" + parts[1]] + (parts[0].contains("-") ? loose : [])
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, ["GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false"]) { gateway in
                let token = try TestTokens.token()
                for spelling in spellings {
                    #expect(try await gateway.get("/api/v1/x", [spelling, spelling], token: token).status == 200)
                }
                for request in plant.requests {
                    // These are chance, and may have any letters in them.
                    let chance = ["x-gateway-assertion", "x-request-id", "traceparent", "host"]
                    let values = request.headers.filter { !chance.contains($0.name.lowercased()) }.map(\.value)
                    for word in Self.words {
                        #expect(!values.contains { $0.contains(word) && !$0.contains(token) }, "\(word): \(values)")
                    }
                    #expect(request.target == "/api/v1/x")
                    #expect(request.method == "GET")
                    #expect(request.values("x-forwarded-for") == ["127.0.0.1"])
                    #expect(request.values("x-forwarded-host") == ["gateway.test"])
                    #expect(request.values("x-forwarded-proto") == ["http"])
                    #expect(request.values("forwarded") == ["for=127.0.0.1;host=\"gateway.test\";proto=http"])
                    #expect(request.values("x-original-authorization") == ["Bearer \(token)"])
                }
                #expect(plant.requests.count == spellings.count)
            }
        }
    }

    @Test("a trusted proxy is believed about the way of a request, and never about its path or its sender")
    func trustedProxy() async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            let variables = ["GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false", "TRUSTED_PROXIES": "127.0.0.1"]
            try await TestGateway.run(plant: plant, variables) { gateway in
                let token = try TestTokens.token()
                let lines = Self.lines.filter { $0.hasPrefix("X-Original") || $0.hasPrefix("X-Rewrite") }
                let way = ["X-Forwarded-For: 9.9.9.9", "X-Forwarded-Proto: https", "X-User-Id: root"]
                #expect(try await gateway.get("/api/v1/x", lines + way, token: token).status == 200)
                let request = try #require(plant.requests.first)
                #expect(request.target == "/api/v1/x")
                #expect(request.values("x-forwarded-proto") == ["https"])
                #expect(request.values("x-forwarded-for").first?.hasPrefix("9.9.9.9") == true)
                #expect(request.values("x-original-authorization") == ["Bearer \(token)"])
                #expect(request.values("x-user-id") == ["user-1"])
                for word in ["/internal", "evil.test", "6.6.6.6", "Bearer root"] {
                    #expect(!request.headers.contains { $0.value.contains(word) }, "\(word)")
                }
                #expect(request.method == "GET")
            }
        }
    }
}
