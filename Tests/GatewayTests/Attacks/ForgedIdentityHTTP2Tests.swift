import TestSupport
import Testing

@Suite("Attacks: forged identity headers over HTTP/2", .serialized, .timeLimit(.minutes(10)))
struct ForgedIdentityHTTP2Tests {
    @Test(
        "identity headers can't be forged: not in any spelling, not twice, in no situation",
        arguments: IdentitySituation.Enrichment.allCases)
    func situations(_ enrichment: IdentitySituation.Enrichment) async throws {
        // The one of whom there is most to say, and to be wrong about.
        let situation = IdentitySituation(enrichment: enrichment, customer: .ofToken)
        let batches = ForgedHeaders.portions(of: ForgedHeaders.lowercase, size: 24)
        let certificates = try await TestCertificates()
        try await IdentityStage.run(
            situation, tokens: batches.count, variables: certificates.variables,
            tls: certificates.client(protocols: ["http/1.1"])
        ) { gateway, plant, tokens in
            let client = try await RawHTTP2.connect(
                port: gateway.port, tls: try certificates.client(protocols: ["h2"]))
            for (index, batch) in batches.enumerated() {
                let fields = RawHTTP2.fields(
                    "GET", "/api/v1/forged/\(index)", ForgedHeaders.twice(batch), token: tokens[index])
                client.headers(2 * index + 1, fields)
            }
            for index in batches.indices {
                #expect(try await client.answer(2 * index + 1).status == ":status=200")
                let requests = plant.requests(to: "/api/v1/forged/\(index)")
                #expect(requests.count == 1)
                for request in requests { situation.expect(request.headers, token: tokens[index], proto: "https") }
            }
            client.client.close()
        }
    }

    @Test("identity headers can't be forged by trailers: not in any spelling, not twice")
    func trailers() async throws {
        let spellings = ForgedHeaders.lowercase.filter { !ForgedHeaders.isRefusedInTrailers($0) }
        try await RawUpstream.with { upstream in
            let file = try TemporaryFile("- {prefix: /api/, upstream: \"\(upstream.url)\"}")
            try await HTTP2Tests.run(["GW_ROUTES_FILE": file.path]) { gateway, _, tls in
                let client = try await RawHTTP2.connect(port: gateway.port, tls: tls)
                let token = try TestTokens.token()
                var server: RawClient?
                for (index, batch) in ForgedHeaders.portions(of: spellings, size: 14).enumerated() {
                    let stream = 2 * index + 1
                    client.headers(stream, RawHTTP2.fields("POST", "/api/v1/x", token: token), end: false)
                    client.data(stream, "abc")
                    client.headers(stream, [("x-sum", "9")] + ForgedHeaders.twice(batch))
                    if server == nil { server = try await upstream.accept() }
                    _ = try await server?.head()
                    let passed = "3\r\nabc\r\n0\r\nx-sum: 9\r\n\r\n"
                    let bytes = try await server?.bytes(passed.utf8.count) ?? []
                    #expect(String(decoding: bytes, as: UTF8.self) == passed)
                    server?.post("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                    #expect(try await client.answer(stream).status == ":status=200")
                }
                client.client.close()
                server?.close()
                withExtendedLifetime(file) {}
            }
        }
    }
}
