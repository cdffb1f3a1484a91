import HTTPTypes
import HummingbirdTesting
import Storage
import TestSupport
import Testing

@testable import Portal

/// People who are signed in with a password, at a portal with a provider, and what they do about linked accounts there.
struct LinkWorld: Sendable {
    let world: OIDCWorld
    let client: Client

    static let password = TestPortal.customerPassword

    static func with(
        extra: [String: String] = [:], _ body: @Sendable (LinkWorld) async throws -> Void
    ) async throws {
        try await OIDCWorld.with(extra: extra) { world, client in
            // Another address than the account's: what links is the person, not the address.
            world.provider.change { $0.profile["email"] = "countess@corp.example" }
            try await body(LinkWorld(world: world, client: client))
        }
    }

    var portal: TestPortal { world.portal }

    /// Registered, with a confirmed address, and signed in.
    func person(_ name: String = "ada", isVerified: Bool = true) async throws -> (browser: Browser, id: String) {
        let id = try await world.register(client, "\(name)@example.com")
        if isVerified {
            try await portal.database.write { try await UserRows.markEmailVerified(id: id, now: 1, $0) }
        }
        return (try await signedIn(name), id)
    }

    func signedIn(_ name: String = "ada") async throws -> Browser {
        var browser = Browser(client, kind: .customer)
        let answer = try await browser.signIn("\(name)@example.com", Self.password)
        #expect(answer.status == .seeOther)
        return browser
    }

    /// Gives the password once more.
    /// - Returns: the page that follows.
    func ask(_ browser: inout Browser, _ password: String = Self.password) async throws -> TestResponse {
        let page = try await browser.get("/account/identities/link/corp")
        return try await browser.post(
            "/account/identities/link/corp",
            ["form_token": try Browser.formToken(in: page), "password": password])
    }

    /// What the browser comes back with, once the person has agreed at the provider.
    func answer(to page: TestResponse) throws -> [String: String] {
        let match = try #require(page.text.firstMatch(of: /href="([^"]+\/authorize\?[^"]+)"/))
        return try world.provider.consent(to: String(match.1).replacing("&amp;", with: "&"))
    }

    func callback(_ browser: inout Browser, _ answer: [String: String]) async throws -> TestResponse {
        let fields = answer.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return try await browser.get("/auth/oidc/corp/callback?\(FormText.encode(fields))")
    }

    func link(_ browser: inout Browser) async throws -> TestResponse {
        try await callback(&browser, answer(to: ask(&browser)))
    }

    func identities(of user: String) async throws -> [LinkedIdentity] {
        try await portal.stores.identities.identities(of: user)
    }

    func lastWord() async throws -> String? {
        let events = try await portal.stores.audit.latest(50)
        return events.first { $0.kind == .identityLinkRefused }?.detail.split(separator: ": ").last.map(String.init)
    }
}
