import Contracts
import Foundation
import HTTPKit
import Secrets
import TestSupport
import Testing

@testable import Fleet

@Suite("The keeper over HTTP")
struct FleetClientTests {
    @Test("the wire names are contract, and what has an obvious meaning may be left out")
    func wire() throws {
        let json = """
            {"service":"worker","instance":"w-1","environment":"production","source":"environment variable JWT_SECRET",
            "ring_version":1,"keys":[{"kid":"abc","state":"current"}],"agreement":"agreed","started_at":1800000000}
            """
        let report = try JSONDecoder().decode(FleetReport.self, from: Data(json.utf8))
        #expect(report.delivery == "pinned")
        #expect(report.leeway == 60)
        #expect(report.ready)
        #expect(report.layouts == ["names"])
        #expect(report.keys == [FleetKey(kid: "abc", algorithm: "HS256", state: "current", verified: false)])
        #expect(FleetReportRules.faults(in: report).isEmpty)
        let encoded = try JSONEncoder().encode(report)
        #expect(try JSONDecoder().decode(FleetReport.self, from: encoded) == report)
    }
}

@Suite("The keeper over a real socket")
struct FleetClientSocketTests {
    private static let token = InternalToken(secret: SecretBytes(utf8: "internal-token-internal-token-internal"))

    private func keeping<T: Sendable>(
        _ answer: UpstreamServer.Answer, _ body: @Sendable (FleetKeeper, UpstreamServer) async throws -> T
    ) async throws -> T {
        let server = try await UpstreamServer.start { _ in answer }
        let http = FleetHTTP()
        let keeper = FleetClient(client: http, url: server.url, internalToken: Self.token).keeper
        let result: Result<T, any Error>
        do { result = .success(try await body(keeper, server)) } catch { result = .failure(error) }
        try await http.close()
        await server.stop()
        return try result.get()
    }

    @Test("a report is posted with the internal token, and its receipt read")
    func report() async throws {
        try await keeping(.json(#"{"now_ms":1800000000123}"#)) { keeper, server in
            let receipt = try await keeper.report(FleetSamples.report())
            #expect(receipt.nowMilliseconds == 1_800_000_000_123)
            let request = try #require(server.requests.first)
            #expect(request.method == "POST")
            #expect(request.target == "/internal/v1/fleet/reports")
            #expect(request.values("authorization") == [Self.token.authorization])
            #expect(try JSONDecoder().decode(FleetReport.self, from: Data(request.body)) == FleetSamples.report())
        }
    }

    @Test("goodbye names the replica and its start")
    func goodbye() async throws {
        try await keeping(.respond(status: 204)) { keeper, server in
            try await keeper.forget("gateway", "host-1", 7)
            let request = try #require(server.requests.first)
            #expect(request.method == "DELETE")
            #expect(request.target == "/internal/v1/fleet/reports/gateway/host-1?started_at=7")
        }
    }

    @Test(
        "what is no keeper is told as that, and no redirect is followed with the token",
        arguments: [
            (UpstreamServer.Answer.json("{}", status: 401), "LOCKSTEP_INTERNAL_TOKEN"),
            (.json("<html>"), "not a receipt"), (.json("{}", status: 500), "500"),
            (.respond(status: 307, headers: [("Location", "http://127.0.0.1:9/")]), "307"),
            (.close, ""),
        ])
    func faults(_ answer: UpstreamServer.Answer, _ words: String) async throws {
        try await keeping(answer) { keeper, _ in
            do {
                _ = try await keeper.report(FleetSamples.report())
                Issue.record("a receipt of nobody")
            } catch let fault as FleetFault {
                #expect(words.isEmpty || fault.reason.contains(words), "\(fault.reason)")
            }
        }
    }
}
