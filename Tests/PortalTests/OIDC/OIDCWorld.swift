import Foundation
import HTTPTypes
import HummingbirdTesting
import Secrets
import TestSupport

@testable import Portal

/// A provider and a portal whose people sign in there.
struct OIDCWorld: Sendable {
    let provider: TestProvider
    let portal: TestPortal
    let clock: ManualClock

    static let publicURL = "https://portal.example.com"

    /// - Parameter extra: variables of the portal beside those of the provider `corp`.
    static func with(
        _ kind: PortalKind = .customer, key: KeyAlgorithm = .es256, extra: [String: String] = [:],
        _ body: @Sendable (OIDCWorld, Client) async throws -> Void
    ) async throws {
        let clock = ManualClock()
        try await TestProvider.with(clock, key: TestProvider.key(key)) { provider in
            var variables = [
                "OIDC_PROVIDERS": "corp", "OIDC_CORP_ISSUER": provider.issuer,
                "OIDC_CORP_CLIENT_ID": TestProvider.clientID, "OIDC_CORP_CLIENT_SECRET": TestProvider.clientSecret,
                "OIDC_CORP_ALLOW_HTTP": "true", "PORTAL_PUBLIC_URL": publicURL,
            ]
            variables.merge(extra) { $1 }
            let world = OIDCWorld(
                provider: provider, portal: try await TestPortal(kind, extra: variables, clock: clock), clock: clock)
            try await world.portal.test { try await body(world, $0) }
        }
    }

    /// The stable word of the refusal that was audited last. A second passes, so that the next one is later.
    var lastWord: String? {
        get async throws {
            defer { clock.advance(1) }
            let events = try await portal.stores.audit.latest(20)
            return events.first { $0.kind == .federatedLoginFailed }?.detail.split(separator: ": ").last.map(
                String.init)
        }
    }

    /// A user who registered with a password.
    func register(_ client: Client, _ email: String = "ada@example.com") async throws -> String {
        let document: RegistrationDocument = try await client.register(email).json()
        return document.user.id
    }

    private struct RegistrationDocument: Decodable { var user: UserDocument }

    func verify(_ client: Client, _ token: String, nonce: String? = nil) async throws -> TestResponse {
        let nonce = nonce.map { #","nonce":"\#($0)""# } ?? ""
        return try await client.post("oidc/corp/verify", #"{"id_token":"\#(token)"\#(nonce)}"#)
    }
}

/// A browser with a jar that goes to a provider and comes back.
final class FlowBrowser {
    let world: OIDCWorld
    let client: Client
    var jar: [String: String] = [:]

    init(_ world: OIDCWorld, _ client: Client) {
        self.world = world
        self.client = client
    }

    var session: String? { jar["lockstep_customer_session"] ?? jar["lockstep_platform_session"] }

    /// - Returns: where the portal sends it.
    func start(_ returnTo: String? = nil, provider: String = "corp") async throws -> String {
        let query = returnTo.map { "?return_to=\(WebAnswers.queryEscaped($0))" } ?? ""
        return try await get("/auth/oidc/\(provider)/start\(query)").headers[.location] ?? ""
    }

    func callback(_ parameters: [String: String], provider: String = "corp") async throws -> TestResponse {
        let fields = parameters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return try await get("/auth/oidc/\(provider)/callback?\(FormText.encode(fields))")
    }

    func signIn(_ returnTo: String? = nil) async throws -> TestResponse {
        let location = try await start(returnTo)
        return try await callback(world.provider.consent(to: location))
    }

    func get(_ path: String) async throws -> TestResponse {
        let headers: HTTPFields = jar.isEmpty ? [:] : [.cookie: jar.map { "\($0)=\($1)" }.joined(separator: "; ")]
        let response = try await client.send(.get, path, headers: headers)
        for cookie in response.headers[values: .setCookie] {
            let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            jar[String(pair[0])] = pair.count == 2 ? String(pair[1]) : nil
        }
        return response
    }
}
