import ServiceKit
import Synchronization
import TestSupport
import Testing

@Suite("A feed of revocations that is cut", .timeLimit(.minutes(10)))
struct FeedCutTests {
    private static let path = "/internal/v1/revocations"

    /// Whose feed has nothing to tell, or, while it is cut, knows no cursor: what happened meanwhile nobody can say.
    private final class Source: Sendable {
        private let isCut = Mutex(false)
        func set(cut: Bool) { isCut.withLock { $0 = cut } }
        var handler: UpstreamServer.Handler {
            { [self] request in
                guard request.path == FeedCutTests.path else { return TestPlant.friendly(request) }
                if isCut.withLock({ $0 }) { return .respond(status: 410) }
                let page = #"{"events":[],"next":"c0","more":false}"#
                return request.target.contains("wait=0") ? .json(page) : .silence
            }
        }
    }

    /// Until readiness says so; behind that its one loop has been told.
    private static func standing(_ gateway: TestGateway, lost: Bool) async throws {
        while true {
            let status = gateway.readiness.checks.first { $0.name == "revocations" }?.status
            let isLost = if case .warning("lost", _)? = status { true } else { false }
            if status == .ready || isLost, isLost == lost { break }
            _ = try await gateway.get("/health")
        }
        _ = try await gateway.get("/health")
    }

    @Test("verdicts are kept for GW_ENRICHMENT_LOST_TTL_SECONDS alone, and for their usual time once it is back")
    func lostTimeToLive() async throws {
        let clock = MovableClock()
        let source = Source()
        try await UpstreamServer.with(source.handler) { portal in
            try await UpstreamServer.with(Source().handler) { plant in
                let variables = ["GW_ENRICHMENT_TTL_SECONDS": "30", "GW_ENRICHMENT_LOST_TTL_SECONDS": "4"]
                try await TestGateway.run(
                    plant: plant, portal: portal, variables, clock: clock.wall, followsRevocations: true
                ) { gateway in
                    try await Self.standing(gateway, lost: false)
                    let token = try TestTokens.token()
                    /// Calls to the plant so far, after one more request.
                    func calls() async throws -> Int {
                        #expect(try await gateway.get("/api/v1/x", token: token).status == 200)
                        return plant.requests(to: TestPlant.validatePath).count
                    }
                    #expect(try await calls() == 1)
                    clock.advance(seconds: 10)
                    #expect(try await calls() == 1, "the feed is there: the usual time holds")
                    source.set(cut: true)
                    portal.closeConnections()
                    try await Self.standing(gateway, lost: true)
                    #expect(try await calls() == 2, "kept before, and too old for a gateway that is told nothing")
                    clock.advance(seconds: 3)
                    #expect(try await calls() == 2)
                    clock.advance(seconds: 1)
                    #expect(try await calls() == 3)
                    #expect(plant.requests(to: "/api/v1/x").last?.values("x-enrichment") == ["fresh"])
                    source.set(cut: false)
                    try await Self.standing(gateway, lost: false)
                    clock.advance(seconds: 29)
                    #expect(try await calls() == 3)
                    clock.advance(seconds: 1)
                    #expect(try await calls() == 4)
                }
            }
        }
    }
}
