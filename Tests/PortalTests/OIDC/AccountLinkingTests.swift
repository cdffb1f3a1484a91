import Foundation
import HTTPTypes
import HummingbirdTesting
import Storage
import TestSupport
import Testing

@testable import Portal

/// Whose account a proven person opens (docs/decisions/0030-oidc-account-linking.md).
@Suite struct AccountLinkingTests {
    private static let viewers = ["OIDC_CORP_ROLES": "viewer", "OIDC_CORP_ALLOWED_DOMAINS": "example.com"]

    @Test("the same subject opens the same account, whatever address it has by now")
    func knownIdentity() async throws {
        try await OIDCWorld.with { world, client in
            let first: TokensDocument = try await world.verify(client, world.provider.idToken()).json()
            world.clock.advance(1)
            world.provider.change { $0.profile["email"] = "countess@example.com" }
            let second: TokensDocument = try await world.verify(client, world.provider.idToken()).json()
            #expect(second.user.id == first.user.id)
            #expect(second.user.email == "ada@example.com")
            // And an unverified or missing one is no reason to lock the person out.
            world.clock.advance(1)
            world.provider.change { $0.profile = ["sub": "ada-at-corp"] }
            let third: TokensDocument = try await world.verify(client, world.provider.idToken()).json()
            #expect(third.user.id == first.user.id)
            #expect(try await world.portal.audited(.registered) == 1)
        }
    }

    @Test("another subject of the same unverified address opens nothing")
    func unverified() async throws {
        for claim in [false, nil, "yes", 1, "false"] as [(any Sendable)?] {
            try await OIDCWorld.with { world, client in
                _ = try await world.register(client)
                world.provider.change { $0.profile["email_verified"] = claim }
                let answer = try await world.verify(client, world.provider.idToken())
                #expect(answer.status == .forbidden)
                #expect(try await world.lastWord == "email_unverified")
                #expect(try await world.portal.audited(.identityLinked) == 0)
            }
        }
    }

    @Test("no address, or what is none, opens nothing", arguments: [nil, "", "ada", "ada@exämple.com", "a@b@c"])
    func noAddress(email: String?) async throws {
        try await OIDCWorld.with { world, client in
            world.provider.change { $0.profile["email"] = email }
            let first = try await world.verify(client, world.provider.idToken())
            #expect(first.status == .forbidden)
            #expect(try await world.lastWord == "email_missing")
        }
    }

    @Test("pre-hijacking: who registered with somebody's address holds nothing of it once its owner has come")
    func preHijacking() async throws {
        try await OIDCWorld.with { world, client in
            let attacker = try await world.register(client)
            let planted = try await client.tokens("ada@example.com", TestPortal.customerPassword)
            let owner: TokensDocument = try await world.verify(client, world.provider.idToken()).json()
            // The account stays, as the plant knows its customer; its keys are new.
            #expect(owner.user.id == attacker)
            #expect(try await client.get("me", as: owner.accessToken).status == .ok)
            #expect(try await client.get("me", as: planted.accessToken).status == .unauthorized)
            #expect(try await client.refresh(planted.refreshToken).status == .unauthorized)
            let login = try await client.login("ada@example.com", TestPortal.customerPassword)
            #expect(login.status == .unauthorized)
            #expect(login.code == "invalid_credentials")
            #expect(try await world.portal.audited(.accountReclaimed) == 1)
            let letters = try await world.portal.delivered()
            #expect(letters.map(\.subject).contains("Your account is yours alone now"))
        }
    }

    @Test("pre-hijacking by a link that was mailed before: it changes the account's address no more")
    func mailedLink() async throws {
        try await OIDCWorld.with(extra: ["REGISTER_VERIFY_EMAIL": "false"]) { world, client in
            let id = try await world.register(client)
            let token = OpaqueToken(.link, entropy: .system)
            let evil = try #require(EmailAddress("mallory@example.com"))
            let now = world.clock.now
            let isGood = { @Sendable in
                try await world.portal.database.read {
                    try await AccountLinkRows.find(hash: token.hash, .changeEmail, now: now, $0) != nil
                }
            }
            try await world.portal.database.write {
                try await AccountLinkRows.insert(token, .changeEmail, subject: id, email: evil, now: now, $0)
            }
            #expect(try await isGood())
            #expect(try await world.verify(client, world.provider.idToken()).status == .ok)
            #expect(try await !isGood())
        }
    }

    @Test("an address that was verified here is joined, and everything that opened it goes on to")
    func verified() async throws {
        try await OIDCWorld.with { world, client in
            let id = try await world.register(client)
            let now = world.clock.now
            try await world.portal.database.write {
                try await UserRows.markEmailVerified(id: id, now: now, $0)
            }
            let before = try await client.tokens("ada@example.com", TestPortal.customerPassword)
            let joined: TokensDocument = try await world.verify(client, world.provider.idToken()).json()
            #expect(joined.user.id == id)
            #expect(try await client.get("me", as: before.accessToken).status == .ok)
            #expect(try await client.login("ada@example.com", TestPortal.customerPassword).status == .ok)
            #expect(try await world.portal.audited(.accountReclaimed) == 0)
            #expect(try await world.portal.audited(.identityLinked) == 1)
        }
    }

    @Test("a provider that may not link opens no account of that address, and makes none beside it")
    func linkingOff() async throws {
        try await OIDCWorld.with(extra: ["OIDC_CORP_LINK_ACCOUNTS": "false"]) { world, client in
            _ = try await world.register(client)
            #expect(try await world.verify(client, world.provider.idToken()).status == .forbidden)
            #expect(try await world.lastWord == "account_not_linked")
            #expect(try await client.login("ada@example.com", TestPortal.customerPassword).status == .ok)
        }
    }

    @Test("a disabled account is opened neither by its identity nor by its address", arguments: [true, false])
    func disabled(isLinked: Bool) async throws {
        try await OIDCWorld.with { world, client in
            if isLinked {
                #expect(try await world.verify(client, world.provider.idToken()).status == .ok)
            } else {
                _ = try await world.register(client)
            }
            try await world.portal.database.write { _ = try await $0.execute("UPDATE users SET disabled_at = 1", []) }
            world.clock.advance(1)
            #expect(try await world.verify(client, world.provider.idToken()).status == .forbidden)
            #expect(try await world.lastWord == "account_disabled")
        }
    }

    @Test("who signs in first at a customer portal becomes a customer, and the plant hears of it")
    func newCustomer() async throws {
        try await OIDCWorld.with { world, client in
            let tokens: TokensDocument = try await world.verify(client, world.provider.idToken()).json()
            #expect(tokens.user.roles == ["customer"])
            #expect(tokens.user.name == "Ada Lovelace")
            let customer = try #require(tokens.user.customerID)
            let messages = try await world.portal.database.read {
                try await $0.query("SELECT payload FROM outbox ORDER BY position", [])
            }
            #expect(messages.count == 1)
            #expect(try messages.first?.text("payload").contains(customer) == true)
        }
    }

    @Test("at a platform portal nobody comes into being by signing in, unless the provider grants roles")
    func platform() async throws {
        try await OIDCWorld.with(.platform) { world, client in
            let first = try await world.verify(client, world.provider.idToken())
            #expect(first.status == .forbidden)
            #expect(try await world.lastWord == "account_unknown")
        }
        try await OIDCWorld.with(.platform, extra: Self.viewers) { world, client in
            let tokens: TokensDocument = try await world.verify(client, world.provider.idToken()).json()
            #expect(tokens.user.roles == ["viewer"])
            #expect(tokens.user.customerID == nil)
        }
    }

    @Test("the administrator of the settings keeps the password when joined: nobody registers at a platform portal")
    func administrator() async throws {
        try await OIDCWorld.with(.platform) { world, client in
            world.provider.change { $0.profile["email"] = "Admin@Example.com" }
            let tokens: TokensDocument = try await world.verify(client, world.provider.idToken()).json()
            #expect(tokens.user.roles == ["super_admin"])
            #expect(try await client.login().status == .ok)
        }
    }

    @Test("a provider's word stands for the password, and not for the second factor")
    func secondFactor() async throws {
        let extra = Self.viewers.merging(["SECOND_FACTOR_REQUIRED_ROLES": "viewer"]) { $1 }
        try await OIDCWorld.with(.platform, extra: extra) { world, client in
            let browser = FlowBrowser(world, client)
            let answer = try await browser.signIn("/keys")
            #expect(answer.status == .seeOther)
            #expect(answer.headers[.location] == "/login/second-factor?return_to=%2Fkeys")
            #expect(browser.session == nil)
            world.clock.advance(1)
            let brought = try await world.verify(client, world.provider.idToken())
            #expect(brought.status == .unauthorized)
            #expect(brought.code == "second_factor_required")
            #expect(brought.text.contains("lst_"))
            #expect(try await world.portal.audited(.loginSucceeded) == 0)
        }
    }

    @Test("roles of a first login are not given to who is there already")
    func rolesStay() async throws {
        try await OIDCWorld.with(.platform, extra: Self.viewers) { world, client in
            let first: TokensDocument = try await world.verify(client, world.provider.idToken()).json()
            try await world.portal.database.write {
                _ = try await $0.execute("UPDATE users SET roles = 'operator' WHERE id = ?", [.text(first.user.id)])
            }
            world.clock.advance(1)
            let second: TokensDocument = try await world.verify(client, world.provider.idToken()).json()
            #expect(second.user.roles == ["operator"])
        }
    }

    struct Domain: Sendable {
        var hosted: String?
        var email: String
        var isAllowed: Bool
    }

    @Test(
        "a provider that is bound to domains lets nobody of another in, at a first login or later",
        arguments: [
            Domain(email: "ada@example.com", isAllowed: true), Domain(email: "ada@EXAMPLE.com", isAllowed: true),
            Domain(email: "ada@evil.com", isAllowed: false),
            Domain(email: "ada@example.com.evil.com", isAllowed: false),
            Domain(email: "ada@notexample.com", isAllowed: false),
            Domain(email: "ada@sub.example.com", isAllowed: false),
            Domain(hosted: "evil.com", email: "ada@example.com", isAllowed: false),
            Domain(hosted: "example.com", email: "ada@example.com", isAllowed: true),
            Domain(hosted: "example.com", email: "ada@evil.com", isAllowed: false),
        ])
    func domains(domain: Domain) async throws {
        try await OIDCWorld.with(extra: ["OIDC_CORP_ALLOWED_DOMAINS": "example.com"]) { world, client in
            for isKnown in [false, true] {
                if isKnown {
                    world.provider.change { behaviour in
                        behaviour.profile["hd"] = nil
                        behaviour.profile["email"] = "ada@example.com"
                    }
                    world.clock.advance(1)
                    _ = try await world.verify(client, world.provider.idToken())
                }
                world.provider.change { behaviour in
                    behaviour.profile["hd"] = domain.hosted
                    behaviour.profile["email"] = domain.email
                }
                world.clock.advance(1)
                let answer = try await world.verify(client, world.provider.idToken())
                #expect(answer.status == (domain.isAllowed ? .ok : .forbidden))
                if !domain.isAllowed { #expect(try await world.lastWord == "domain_not_allowed") }
            }
        }
    }

    struct GoogleAddress: Sendable {
        var hosted: String?
        var email: String
        var allowed: [String] = []
        /// Nil: refused for its domain.
        var isVerified: Bool?
    }

    @Test(
        "Google vouches for Gmail's addresses and those of Workspaces alone",
        arguments: [
            GoogleAddress(email: "ada@gmail.com", isVerified: true),
            GoogleAddress(email: "ada@example.com", isVerified: false),
            GoogleAddress(hosted: "example.com", email: "ada@example.com", isVerified: true),
            GoogleAddress(
                hosted: "example.com", email: "ada@alias.example", allowed: ["example.com"], isVerified: true),
            GoogleAddress(hosted: "other.com", email: "ada@example.com", allowed: ["example.com"]),
            // A private account with an address of the domain is not of its Workspace.
            GoogleAddress(email: "ada@example.com", allowed: ["example.com"]),
            GoogleAddress(email: "ada@gmail.com", allowed: ["gmail.com"], isVerified: true),
        ])
    func google(address: GoogleAddress) throws {
        let provider = OIDCProvider(
            name: "google", issuer: OIDCProvider.googleIssuer, clientID: "c", displayName: "Google", scopes: ["openid"],
            allowedDomains: address.allowed, roles: [], linksAccounts: true, audiences: [], allowsPlainHTTP: false)
        let hosted = address.hosted.map { #","hd":"\#($0)""# } ?? ""
        let token = try IDToken(
            Array(
                #"{"iss":"i","sub":"s","aud":"c","exp":2,"iat":1,"email":"\#(address.email)","email_verified":true\#(hosted)}"#
                    .utf8))
        guard let isVerified = address.isVerified else {
            #expect(throws: AccountFault.domain) {
                try ProvenPerson(token, profile: token.profile, text: "a.b.c", of: provider)
            }
            return
        }
        let person = try ProvenPerson(token, profile: token.profile, text: "a.b.c", of: provider)
        #expect(person.isEmailVerified == isVerified)
    }
}
