import HTTPKit
import Logging
import Secrets
import ServiceKit
import ServiceLifecycle
import Synchronization
import TestSupport
import Tokens

@testable import Gateway

/// A whole gateway on a free port, stopped when the body of `run` is over.
struct TestGateway: Sendable {
    let port: Int
    let log: CapturedLog
    let readiness: Readiness
    let manager: SecretManager
    /// Nil without TLS. The test looks at the files by hand.
    let certificates: ServedCertificates?
    /// The test looks at the files by hand.
    let upstreamCertificates: UpstreamCertificates
    /// The test looks at the file by hand.
    let routes: ServedRoutes
    let candidate: ServedRoutes?
    /// What SIGTERM does.
    let shutDown: @Sendable () async -> Void

    static let secret = "a-secret-of-the-tests-that-is-long-enough-0123456789"
    static let internalToken = "an-internal-token-of-the-tests-0123456789"

    struct NotListening: Error {}

    /// - Parameters:
    ///   - plant: also the platform portal unless told otherwise.
    ///   - variables: over the tests' own.
    ///   - followsRevocations: of portals and plant.
    static func run<T: Sendable>(
        plant: UpstreamServer, portal: UpstreamServer? = nil, customer: UpstreamServer? = nil,
        _ variables: [String: String] = [:], clock: WallClock = .system, followsRevocations: Bool = false,
        _ body: @Sendable (TestGateway) async throws -> T
    ) async throws -> T {
        let portals = [portal ?? plant, customer].compactMap { $0?.url }
        var all = [
            "ENVIRONMENT": "test", "JWT_SECRET": secret, "LOCKSTEP_INTERNAL_TOKEN": internalToken,
            "PLANT_BACKEND_URL": plant.url, "PORTAL_URLS": portals.joined(separator: ","), "HOST": "127.0.0.1",
            "GW_THREADS": "1", "DRAIN_SECONDS": "2", "GW_AUTH_RATE_LIMIT_PER_MINUTE": "0",
            // Who waits for the plant is a test's business; how fast this machine is never decides one.
            "GW_ENRICHMENT_TIMEOUT_MS": "30000",
        ]
        all.merge(variables) { $1 }
        let reader = SettingsReader(variables: all)
        var common = CommonSettings(reader: reader, defaultPort: 8000)
        common.port = 0
        let log = CapturedLog()
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let gateway = try await Gateway.build(
            reader: reader, common: common, clock: clock, logger: log.logger, tick: 20,
            onListening: { continuation.yield($0) })
        // The server, who takes its spans, and feeds where they are wanted: rings are polled for by hand, and agreement has
        // its tests elsewhere.
        let services = gateway.services.filter {
            $0 is GatewayServer || $0 is SpanExporter || followsRevocations && $0 is RevocationFeeds
        }
        let group = ServiceGroup(services: services, logger: Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() })
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else { throw NotListening() }
            let result: Result<T, any Error>
            do {
                result = .success(
                    try await body(
                        TestGateway(
                            port: port, log: log, readiness: gateway.readiness, manager: gateway.manager,
                            certificates: gateway.certificates, upstreamCertificates: gateway.upstreamCertificates,
                            routes: gateway.routes, candidate: gateway.candidate,
                            shutDown: group.triggerGracefulShutdown)))
            } catch {
                result = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return try result.get()
        }
    }

    /// Two looks at the routes files, and every loop has heard of what came of them: whoever is answered after that is
    /// answered by it. With one loop.
    func lookAtRoutes() async throws {
        for served in [routes, candidate].compactMap(\.self) { for _ in 0..<2 { served.look() } }
        // Its loop has done what it was told before it reads anything more.
        _ = try await get("/health")
    }

    func connect() async throws -> RawClient { try await RawClient.connect(port: port) }

    /// One request on a connection of its own.
    func send(_ request: String, head: Bool = false) async throws -> RawClient.Response {
        let client = try await connect()
        let response = try await client.request(request, head: head)
        client.close()
        return response
    }

    func get(_ path: String, _ headers: [String] = [], token: String? = nil) async throws -> RawClient.Response {
        try await send(Self.request("GET", path, headers, token: token))
    }

    static func request(
        _ method: String, _ path: String, _ headers: [String] = [], token: String? = nil, body: String? = nil
    ) -> String {
        var text = "\(method) \(path) HTTP/1.1\r\nHost: gateway.test\r\n"
        if let token { text += "Authorization: Bearer \(token)\r\n" }
        for header in headers { text += header + "\r\n" }
        if let body { text += "Content-Length: \(body.utf8.count)\r\n" }
        return text + "\r\n" + (body ?? "")
    }
}

enum TestTokens {
    static func ring(_ secret: String = TestGateway.secret) -> KeyRing {
        let bytes = SecretBytes(utf8: secret)
        return KeyRing(
            keys: [RingKey(id: .derived(from: bytes), algorithm: .hs256, secret: bytes, state: .current)],
            source: "test", environment: .test, version: 1)
    }

    static func token(
        subject: String = "user-1", email: String = "ada@example.com", roles: [String] = ["admin"],
        customerID: String? = nil, issuer: String = "lockstep-platform", secret: String = TestGateway.secret,
        lifetime: Int64 = 900, scope: String? = nil, now: Int64 = WallClock.system.now()
    ) throws -> String {
        try TokenIssuer(issuer: issuer, audience: "lockstep", lifetime: lifetime).issue(
            AccessClaims(
                subject: subject, email: email, roles: roles, sessionID: "session-1", customerID: customerID,
                scope: scope),
            ring: ring(secret), now: now
        ).text
    }
}

/// A plant that confirms everybody and answers everything else with 200.
enum TestPlant {
    static let validatePath = "/api/v1/auth/validate"

    static func confirmation(user: String = "user-1", customer: String? = "customer-7", plan: String? = "gold")
        -> String
    {
        let id = customer.map { "\"\($0)\"" } ?? "null"
        let planText = plan.map { "\"\($0)\"" } ?? "null"
        return """
            {"valid":true,"customer_id":\(id),"email":"ada@example.com","user_id":"\(user)","roles":["admin"],\
            "plan":\(planText),"kid":"k","expires_at":1900000000}
            """
    }

    static let friendly: UpstreamServer.Handler = { request in
        request.path == validatePath ? .json(confirmation()) : .json(#"{"ok":true}"#)
    }
}
