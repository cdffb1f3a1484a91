import NIOSSL
import Synchronization
import TestSupport
import Testing

/// A gateway in one situation, with tokens that a test may use up: the situation holds for each of them, and no request
/// takes another one out of it.
enum IdentityStage {
    /// How fast this machine is decides nothing.
    static let patient = ["GW_CONNECT_TIMEOUT_MS": "60000", "GW_FIRST_BYTE_TIMEOUT_MS": "60000"]

    private static func variables(_ enrichment: IdentitySituation.Enrichment) -> [String: String] {
        switch enrichment {
        case .off: ["GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT": "false"]
        case .fresh, .cached, .optional, .open: [:]
        case .stale: ["GW_ENRICHMENT_STALE_SECONDS": "600"]
        case .staleIfError: ["GW_ENRICHMENT_STALE_IF_ERROR_SECONDS": "600"]
        // However short: the plant says nothing at all.
        case .timeout: ["GW_ENRICHMENT_FAILURE": "open", "GW_ENRICHMENT_TIMEOUT_MS": "50"]
        case .failOpen: ["GW_ENRICHMENT_FAILURE": "open"]
        case .circuitOpen:
            [
                "GW_ENRICHMENT_FAILURE": "open", "GW_ENRICHMENT_BREAKER_FAILURES": "1",
                "GW_ENRICHMENT_BREAKER_SECONDS": "3600",
            ]
        case .budgetSpent: ["GW_ENRICHMENT_FAILURE": "open", "GW_ENRICHMENT_CONCURRENT_CALLS": "1"]
        case .alwaysAsked: ["GW_ALWAYS_VALIDATE_WITH_PLANT": "true"]
        }
    }

    private static func routes(_ enrichment: IdentitySituation.Enrichment) -> String? {
        switch enrichment {
        case .optional: "- {prefix: /api/, upstream: plant, auth: optional, enrichment: true}"
        case .open: "- {prefix: /api/, upstream: plant, auth: public}"
        default: nil
        }
    }

    /// - Parameters:
    ///   - count: of tokens: one for each request that `body` will make. Fewer than the calls of which the breaker judges
    ///     a share (20), those that warm them included.
    ///   - variables: of the gateway, on top.
    ///   - tls: of a client that speaks HTTP/1.1, where the gateway serves nothing else.
    static func run(
        _ situation: IdentitySituation, tokens count: Int, variables more: [String: String] = [:],
        tls: NIOSSLContext? = nil, _ body: @Sendable (TestGateway, UpstreamServer, [String]) async throws -> Void
    ) async throws {
        let enrichment = situation.enrichment
        let clock = MovableClock()
        let isDown = Mutex([.failOpen, .circuitOpen].contains(enrichment))
        let handler: UpstreamServer.Handler = { request in
            guard request.path == TestPlant.validatePath else { return .json("{}") }
            if [.timeout, .budgetSpent].contains(enrichment) { return .silence }
            return isDown.withLock { $0 } ? .json("{}", status: 500) : .json(situation.confirmation)
        }
        let file = try routes(enrichment).map { try TemporaryFile($0) }
        var all = patient.merging(variables(enrichment)) { $1 }
        if enrichment != .circuitOpen { all["GW_ENRICHMENT_BREAKER_FAILURES"] = "1000000" }
        all["GW_ROUTES_FILE"] = file?.path
        try await UpstreamServer.with(handler) { plant in
            try await TestGateway.run(plant: plant, all.merging(more) { $1 }, clock: clock.wall) { gateway in
                func connect() async throws -> RawClient { try await RawClient.connect(port: gateway.port, tls: tls) }
                func warm(_ token: String) async throws {
                    let client = try await connect()
                    let request = TestGateway.request("GET", "/api/v1/warm", token: token)
                    #expect(try await client.request(request).status == 200)
                    client.close()
                }
                var tokens = try (0..<count).map { _ in try situation.token() }
                var occupant: RawClient?
                switch enrichment {
                case .off, .fresh, .timeout, .failOpen, .optional, .open: break
                case .cached:
                    tokens = tokens.map { _ in tokens[0] }
                    try await warm(tokens[0])
                // By a token of its own.
                case .circuitOpen: try await warm(situation.token())
                case .alwaysAsked: for token in tokens { try await warm(token) }
                case .stale, .staleIfError:
                    for token in tokens { try await warm(token) }
                    clock.advance(seconds: 31)
                    isDown.withLock { $0 = enrichment == .staleIfError }
                case .budgetSpent:
                    occupant = try await connect()
                    occupant?.post(TestGateway.request("GET", "/api/v1/warm", token: try situation.token()))
                    await plant.received(1)
                }
                try await body(gateway, plant, tokens)
                #expect(gateway.log.text.contains("circuit open") == (enrichment == .circuitOpen))
                occupant?.close()
                plant.closeConnections()
                withExtendedLifetime(file) {}
            }
        }
    }
}
