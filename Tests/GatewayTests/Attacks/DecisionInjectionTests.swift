import Foundation
import Synchronization
import TestSupport
import Testing

/// A proxy copies what `/decide` says into the request that it forwards: here the answer's own bytes are looked at.
@Suite("Attacks: line breaks in what becomes a header of a decision", .timeLimit(.minutes(10)))
struct DecisionInjectionTests {
    private static func run(
        plant handler: @escaping UpstreamServer.Handler = TestPlant.friendly, enrichment: Bool,
        _ body: @Sendable (TestGateway, UpstreamServer) async throws -> Void
    ) async throws {
        try await UpstreamServer.with(handler) { plant in
            let file = try TemporaryFile("- {prefix: /api/, upstream: plant, enrichment: \(enrichment)}")
            let variables = [
                "GW_ROUTES_FILE": file.path, "GW_DECIDE_FOR": "envoy", "TRUSTED_PROXIES": "127.0.0.1",
            ]
            try await TestGateway.run(plant: plant, variables) { gateway in
                try await body(gateway, plant)
                withExtendedLifetime(file) {}
            }
        }
    }

    /// The head of the one answer, line by line.
    private static func decide(
        _ gateway: TestGateway, _ token: String
    ) async throws -> (status: Int?, headers: [(name: String, value: String)]) {
        let client = try await gateway.connect()
        client.post(TestGateway.request("GET", "/decide/api/v1/x", ["Connection: close"], token: token))
        let text = await client.closed().rest
        client.close()
        let bytes = Array(text.utf8)
        var lines: [[UInt8]] = []
        var rest = bytes[...]
        // By byte: a String takes CR LF for one character, and a lone one for another.
        while let end = rest.firstIndex(of: 0x0A) {
            let line = Array(rest[..<end])
            rest = rest[(end + 1)...]
            #expect(line.last == 0x0D, "a lone LF: \(text.debugDescription)")
            if line == [0x0D] { break }
            lines.append(line.dropLast())
        }
        for line in lines {
            #expect(line.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "\(text.debugDescription)")
        }
        let headers = lines.dropFirst().map { line in
            let parts = String(decoding: line, as: UTF8.self).split(
                separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return (name: String(parts[0]), value: parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
        // It is one message, and each name is there once.
        #expect(headers.first { $0.name == "Content-Length" }?.value == "\(rest.count)")
        let names = headers.map { $0.name.lowercased() }
        #expect(Set(names).count == names.count, "\(names)")
        let known = [
            "x-user-id", "x-user-email", "x-user-roles", "x-customer-id", "x-customer-plan", "x-enrichment",
            "x-gateway", "x-gateway-assertion", "cache-control", "content-length", "content-type", "date",
            "x-request-id", "connection", "www-authenticate",
        ]
        #expect(Set(names).subtracting(known).isEmpty, "\(names)")
        let start = lines.first.map { String(decoding: $0, as: UTF8.self) } ?? ""
        #expect(start.hasPrefix("HTTP/1.1 "))
        return (Int(start.dropFirst(9).prefix(3)), headers)
    }

    @Test(
        "CRLF in the claims of a token that is signed is no line of a decision",
        arguments: HeaderInjectionTests.Claim.allCases)
    func claims(_ claim: HeaderInjectionTests.Claim) async throws {
        try await Self.run(enrichment: false) { gateway, plant in
            let harmless = try await Self.decide(gateway, try HeaderInjectionTests.token("harmless", in: claim))
            #expect(harmless.status == 200)
            #expect(harmless.headers.contains { $0.value.contains("harmless") })
            for text in HeaderInjectionTests.texts {
                let answer = try await Self.decide(gateway, try HeaderInjectionTests.token(text, in: claim))
                #expect(answer.status == 200 || answer.status == 401)
                HeaderInjectionTests.expectHarmless(answer.headers, text)
                if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) { #expect(answer.status == 401) }
            }
            #expect(plant.requests.isEmpty)
        }
    }

    @Test("CRLF in what the plant says of a customer is no line of a decision")
    func plantsWords() async throws {
        let word = Mutex("")
        let handler: UpstreamServer.Handler = { _ in .json(word.withLock { $0 }) }
        try await Self.run(plant: handler, enrichment: true) { gateway, plant in
            for text in HeaderInjectionTests.texts where !text.isEmpty {
                let escaped = String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
                let said = #"{"valid":true,"customer_id":\#(escaped),"email":"e","plan":\#(escaped)}"#
                word.withLock { $0 = said }
                let answer = try await Self.decide(gateway, try TestTokens.token())
                #expect(answer.status == 200)
                HeaderInjectionTests.expectHarmless(answer.headers, text)
                for name in ["X-Customer-Id", "X-Customer-Plan"] {
                    let value = answer.headers.first { $0.name == name }?.value
                    #expect(value?.removingPercentEncoding == text, "whole, in other letters")
                }
            }
            #expect(plant.requests.allSatisfy { $0.path == TestPlant.validatePath })
        }
    }
}
