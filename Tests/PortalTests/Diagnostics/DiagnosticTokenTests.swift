import Contracts
import HTTPTypes
import HummingbirdTesting
import Secrets
import TestSupport
import Testing
import Tokens

@testable import Portal

@Suite("A diagnostic token at a portal")
struct DiagnosticTokenTests {
    /// All that no token of a user is asked for. Whatever route is added beside these must refuse a diagnostic token.
    private static let open: Set<String> = [
        "GET /health", "GET /api/health", "GET /ready", "GET /metrics", "GET /.well-known/jwks.json",
        // These take what a person types, or a refresh token, and look at no access token.
        "POST /api/v1/auth/second-factor", "POST /api/v1/auth/second-factor/ticket/enrolment",
        "POST /api/v1/auth/token",
        "POST /api/v1/auth/login", "POST /api/v1/auth/refresh", "POST /api/v1/auth/register",
        // These take the secret of a link, or an address.
        "POST /api/v1/auth/password/forgot", "POST /api/v1/auth/password/reset", "POST /api/v1/auth/email/verify",
        "POST /api/v1/auth/email/confirm", "POST /api/v1/auth/invitations/accept",
        "GET /forgot", "POST /forgot", "GET /reset", "POST /reset", "GET /verify", "POST /verify",
        "GET /confirm-address", "POST /confirm-address", "GET /invitation", "POST /invitation", "GET /register",
        "POST /register",
        // Pages: a browser's cookie counts there.
        "GET /login", "POST /login", "POST /logout", "GET /login/second-factor", "POST /login/second-factor",
        "POST /login/second-factor/enrolment", "GET /assets/{name}",
        // For people and clients that bring a provider's word.
        "GET /auth/oidc/{provider}/start", "GET /auth/oidc/{provider}/callback",
        "POST /api/v1/auth/oidc/{provider}/verify",
        // Ends the session that the token names: this one names none.
        "POST /api/v1/auth/logout",
    ]

    private static func issue(_ client: Client) async throws -> DiagnosticToken {
        let answer = try await client.send(
            .post, "/internal/v1/diagnostic-token",
            headers: [.authorization: "Bearer " + KeeperClient.internalToken])
        #expect(answer.status == .ok)
        #expect(answer.headers[.cacheControl] == "no-store")
        return try answer.json()
    }

    private static func guarded(_ portal: TestPortal) -> [(method: HTTPRequest.Method, path: String)] {
        portal.routes.filter { !open.contains("\($0.method == .head ? .get : $0.method) \($0.path)") }
    }

    @Test("each route that wants a user or the internal token refuses it", arguments: PortalKind.allCases)
    func refused(_ kind: PortalKind) async throws {
        let portal = try await TestPortal(kind)
        // All test portals sign with one key, and the platform's makes such tokens.
        let token = try await Self.issued()
        let routes = Self.guarded(portal)
        #expect(routes.contains { $0.path == "/api/v1/auth/me" })
        #expect(routes.contains { $0.path.hasPrefix("/internal/v1") })
        try await portal.test { client in
            for route in routes {
                let path = route.path.split(separator: "/")
                    .map { $0.contains("{") || $0.hasPrefix(":") ? DiagnosticToken.subject : String($0) }
                    .joined(separator: "/")
                var headers = client.bearer(token.token)
                headers[.contentType] = "application/json"
                let answer = try await client.send(
                    route.method, "/" + path, headers: headers,
                    body: [.post, .put].contains(route.method) ? "{}" : nil)
                // A page's way to say so.
                let asksToSignIn = answer.status == .seeOther && answer.headers[.location]?.hasPrefix("/login") == true
                #expect(
                    [.unauthorized, .forbidden].contains(answer.status) || asksToSignIn,
                    "\(route.method) \(path): \(answer.status) \(answer.text)")
            }
        }
    }

    private static func issued() async throws -> DiagnosticToken {
        let portal = try await TestPortal()
        return try await portal.test { try await issue($0) }
    }

    @Test("it logs nobody out, refreshes nothing, and is no cookie")
    func sessions() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let admin = try await client.tokens()
            let token = try await Self.issue(client)
            _ = try await client.send(.post, Client.auth + "logout", headers: client.bearer(token.token))
            #expect(try await client.get("me", as: admin.accessToken).status == .ok)
            #expect(try await client.refresh(token.token).status != .ok)
            let page = try await client.send(.get, "/", headers: client.bearer(token.token))
            #expect(page.status == .seeOther)
            #expect(page.headers[.location] == "/login")
        }
    }

    @Test("it names nobody, has one role, and lives for half a minute")
    func claims() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let token = try await Self.issue(client)
            #expect(token.expiresAt == portal.clock.now + 30)
            #expect(token.issuer == "lockstep-platform")
            let ring = portal.ring
            #expect(token.kid == ring.current?.publishedID)
            let verifier = TokenVerifier(ring: ring, policy: VerificationPolicy())
            let identity = try verifier.verify(token.token, now: portal.clock.now)
            #expect(identity.roles == [Role.diagnostic])
            #expect(identity.subject == DiagnosticToken.subject)
            #expect(identity.customerID == nil)
            #expect(portal.log.lines.contains { $0.message == "A diagnostic token was issued" })
            #expect(!portal.log.text.contains(token.token))
            // It is no access token of anybody's session: nothing says that a key was in use.
            #expect(portal.signed.all.isEmpty)
        }
    }

    @Test("only the internal token gets one, and only from a platform portal")
    func whoGetsOne() async throws {
        let path = "/internal/v1/diagnostic-token"
        let portal = try await TestPortal()
        try await portal.test { client in
            #expect(try await client.send(.post, path).status == .unauthorized)
            let admin = try await client.tokens()
            #expect(
                try await client.send(.post, path, headers: client.bearer(admin.accessToken)).status == .unauthorized)
            let own = try await Self.issue(client)
            #expect(try await client.send(.post, path, headers: client.bearer(own.token)).status == .unauthorized)
        }
        try await TestPortal(.customer).test { client in
            let answer = try await client.send(.post, path, headers: client.bearer(KeeperClient.internalToken))
            #expect(answer.status == .notFound)
        }
    }
}
