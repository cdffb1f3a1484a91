import HTTPKit
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Secrets
import ServerKit
import ServiceKit
import TestSupport
import Tokens

/// A service made of the shared parts, with one open route, one for users and one that fails in each way.
struct World {
    static let secret = "k8vXq2LwR7tYp3Zs9Nf5Hc1Jd6Gb4MaT0eUiOyWl"
    static let internalToken = "internal-k8vXq2LwR7tYp3Zs9Nf5Hc1Jd6Gb4M"

    let log = CapturedLog()
    let clock = ManualClock()
    let readiness = Readiness(checks: [KeyAgreementMonitor.check])
    let parts: ServerParts
    let router: Router<AppContext>
    let verifier: LiveVerifier

    init(_ environment: DeploymentEnvironment = .production, proxies: [String] = []) async throws {
        let clock = WallClock { [manual = self.clock] in manual.now }
        let reader = SettingsReader(variables: [:])
        let manager = try await SecretManager.load(
            variables: ["ENVIRONMENT": environment.rawValue, "JWT_SECRET": Self.secret], logger: log.logger,
            now: clock.now)
        let token = InternalToken(secret: SecretBytes(utf8: Self.internalToken))
        let monitor = KeyAgreementMonitor(
            settings: .init(portalURLs: []), service: "plant", manager: manager, internalToken: token,
            readiness: readiness, clock: clock, logger: log.logger)
        parts = ServerParts(
            service: "plant", common: CommonSettings(reader: reader, defaultPort: 8001), environment: environment,
            manager: manager, internalToken: token, readiness: readiness, agreement: monitor, clock: clock,
            logger: log.logger, trustedProxies: TrustedProxies(proxies) ?? .none)
        verifier = LiveVerifier(manager: manager, policy: VerificationPolicy(), clock: clock)
        router = parts.router()
        parts.addProbe(to: router, issuer: "lockstep-platform")
        addRoutes()
    }

    private struct Secretive: Error, CustomStringConvertible { let description = "connection to db-7.internal lost" }

    struct Body: Codable, Equatable {
        var name: String
        var count: Int
        var tags: [String]?
    }

    private func addRoutes() {
        router.get("open/{id}") { _, context in try context.parameters.require("id") }
        router.post("open") { request, context in
            try JSONBody.response(try await JSONBody.decode(Body.self, from: request, context: context))
        }
        router.get("page") { request, _ in
            let paging = try Paging(request: request)
            return "\(paging.page) \(paging.perPage) \(paging.offset)"
        }
        router.get("peer") { _, context in context.clientAddress }
        router.get("fails") { _, _ -> String in throw Secretive() }
        router.get("refuses") { _, _ -> String in throw HTTPError(.conflict, message: "row 17 of table x") }
        router.get("unauthenticated") { _, context in try UserContext(context: context).identity.subject }
        let users = router.group("users").add(middleware: Authenticate(verifier: verifier)).group(
            context: UserContext.self)
        users.get("me") { _, context in context.identity.subject }
        users.get("admin") { _, context in
            try context.require(anyOf: ["admin"])
            return "ok"
        }
    }

    func token(roles: [String] = ["viewer"], lifetime: Int64 = 900, secret: String? = nil) throws -> String {
        var ring = verifier.ring
        if let secret {
            let bytes = SecretBytes(utf8: secret)
            ring = KeyRing(
                keys: [RingKey(id: .derived(from: bytes), algorithm: .hs256, secret: bytes, state: .current)],
                source: "elsewhere", environment: ring.environment, version: 1)
        }
        return try TokenIssuer(issuer: "lockstep-platform", audience: "lockstep", lifetime: lifetime).issue(
            AccessClaims(subject: "u-1", email: "a@b.example", roles: roles, sessionID: "s-1"), ring: ring,
            now: clock.now
        ).text
    }

    func get(_ uri: String, _ headers: HTTPFields = [:]) async throws -> TestResponse {
        try await send(.get, uri, headers)
    }

    func send(
        _ method: HTTPRequest.Method, _ uri: String, _ headers: HTTPFields = [:], body: String? = nil
    ) async throws -> TestResponse {
        try await parts.application(router: router).test(.router) { client in
            try await client.executeRequest(
                uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
        }
    }

    static var asService: HTTPFields { [.authorization: "Bearer \(internalToken)"] }
}

extension TestResponse {
    var text: String { String(buffer: body) }
}
