import Foundation
import HTTPTypes
import HummingbirdTesting
import Storage
import TestSupport
import Testing

@testable import Portal

/// Clients that bring an ID token, and what people see of the accounts that are linked with theirs.
@Suite struct IDTokenRouteTests {
    @Test("an ID token that a client brings is answered as a login is")
    func verify() async throws {
        try await OIDCWorld.with { world, client in
            let answer = try await world.verify(client, world.provider.idToken(nonce: "mine"), nonce: "mine")
            #expect(answer.status == .ok)
            #expect(answer.headers[.cacheControl] == "no-store")
            #expect(answer.headers[.setCookie] == nil)
            let tokens: TokensDocument = try answer.json()
            #expect(tokens.user.email == "ada@example.com")
            #expect(try await client.get("me", as: tokens.accessToken).status == .ok)
            #expect(try await client.refresh(tokens.refreshToken).status == .ok)
            #expect(try await world.portal.audited(.loginSucceeded) == 1)
        }
    }

    @Test("other clients of the same team may bring theirs where the settings say so, and there alone")
    func audiences() async throws {
        try await OIDCWorld.with(extra: ["OIDC_CORP_AUDIENCES": "phone,tablet"]) { world, client in
            for (audience, party, isGood) in [
                ("phone", nil, true), (TestProvider.clientID, "phone", true), ("watch", nil, false),
                (TestProvider.clientID, "watch", false),
            ] as [(String, String?, Bool)] {
                world.clock.advance(1)
                world.provider.change { behaviour in
                    behaviour.claims = { claims in
                        claims["aud"] = audience
                        claims["azp"] = party
                    }
                }
                let answer = try await world.verify(client, world.provider.idToken())
                #expect(answer.status == (isGood ? .ok : .unauthorized))
            }
            // In the code flow it was this portal that asked.
            world.provider.change { $0.claims = { $0["aud"] = "phone" } }
            let browser = FlowBrowser(world, client)
            #expect(try await browser.signIn().status == .unauthorized)
        }
    }

    @Test("a provider called google has a path of its own")
    func googlePath() async throws {
        let clock = ManualClock()
        try await TestProvider.with(clock) { google in
            let extra = [
                "OIDC_PROVIDERS": "google", "OIDC_GOOGLE_ISSUER": google.issuer,
                "OIDC_GOOGLE_CLIENT_ID": TestProvider.clientID, "OIDC_GOOGLE_ALLOW_HTTP": "true",
            ]
            let portal = try await TestPortal(.customer, extra: extra, clock: clock)
            try await portal.test { client in
                let answer = try await client.post("google/verify", #"{"id_token":"\#(google.idToken())"}"#)
                #expect(answer.status == .ok)
            }
        }
    }

    @Test(
        "what is no such body is refused",
        arguments: [
            ("{}", 422), (#"{"id_token":1}"#, 422), ("", 400), (#"{"id_token":""}"#, 401),
            (#"{"id_token":"\#(String(repeating: "a", count: 17_000))"}"#, 413),
        ])
    func bodies(body: String, status: Int) async throws {
        try await OIDCWorld.with { _, client in
            let first = try await client.post("oidc/corp/verify", body)
            #expect(first.status.code == status)
        }
    }

    @Test("people see what is linked with their account, and nobody else's")
    func list() async throws {
        try await OIDCWorld.with { world, client in
            let ada: TokensDocument = try await world.verify(client, world.provider.idToken()).json()
            world.provider.change { $0.profile = ["sub": "bob", "email": "bob@example.com", "email_verified": true] }
            let bob: TokensDocument = try await world.verify(client, world.provider.idToken()).json()
            let listing: IdentityRoutes.Listing = try await client.get("identities", as: ada.accessToken).json()
            #expect(listing.data.map(\.email) == ["ada@example.com"])
            #expect(listing.data.map(\.provider) == ["corp"])
            let own = try #require(listing.data.first)
            let theft = try await remove(client, own.id, as: bob.accessToken)
            #expect(theft.status == .notFound)
            #expect(try await client.send(.get, Client.auth + "identities").status == .unauthorized)
        }
    }

    @Test("the last way into an account can't be removed; one of two can, and opens it no more")
    func remove() async throws {
        try await OIDCWorld.with { world, client in
            let first: TokensDocument = try await world.verify(client, world.provider.idToken()).json()
            let listing: IdentityRoutes.Listing = try await client.get("identities", as: first.accessToken).json()
            let id = try #require(listing.data.first?.id)
            #expect(try await remove(client, id, as: first.accessToken).status == .conflict)
            // A password, as a reset by mail would set it.
            let hash = try await world.portal.hasher.withSlot { try await $0.hash(Password("copper kettle sunday")) }
            try await world.portal.database.write {
                _ = try await $0.execute("UPDATE users SET password_hash = ?", [.text(hash)])
            }
            for wrong in ["{}", #"{"password":"not this password"}"#] {
                #expect(try await remove(client, id, as: first.accessToken, wrong).code == "invalid_credentials")
            }
            #expect(try await world.portal.audited(.identityChangeRefused) == 2)
            let right = #"{"password":"copper kettle sunday"}"#
            #expect(try await remove(client, id, as: first.accessToken, right).status == .noContent)
            #expect(try await world.portal.audited(.identityRemoved) == 1)
            #expect(try await client.login("ada@example.com", "copper kettle sunday").status == .ok)
            #expect(try await remove(client, id, as: first.accessToken, right).status == .notFound)
        }
    }

    private func remove(
        _ client: Client, _ id: String, as token: String, _ proof: String = "{}"
    ) async throws -> TestResponse {
        var headers = client.bearer(token)
        headers[.contentType] = "application/json"
        return try await client.send(.delete, Client.auth + "identities/" + id, headers: headers, body: proof)
    }

    @Test("an account without a password is no other than an unknown one to who tries passwords")
    func noPassword() async throws {
        try await OIDCWorld.with { world, client in
            #expect(try await world.verify(client, world.provider.idToken()).status == .ok)
            for password in ["wrong password here", ""] {
                let known = try await client.login("ada@example.com", password)
                let unknown = try await client.login("nobody@example.com", password)
                #expect(known.status == .unauthorized)
                #expect(known.code == unknown.code)
            }
        }
    }

    @Test("what is over is forgotten, and what still counts is not")
    func housekeeping() async throws {
        try await OIDCWorld.with { world, client in
            _ = try await world.verify(client, world.provider.idToken())
            let browser = FlowBrowser(world, client)
            _ = try await browser.start()
            let rows = { @Sendable (table: String) in
                try await world.portal.database.read {
                    try await $0.query("SELECT COUNT(*) AS count_of FROM \(table)", []).first?.integer("count_of")
                }
            }
            let limits = HousekeepingStore.Limits(auditRetention: 86_400, auditMaximumEvents: 1000)
            try await world.portal.stores.housekeeping.sweep(limits, now: world.clock.now + 600)
            #expect(try await rows("oidc_flows") == 1)
            #expect(try await rows("oidc_used_tokens") == 1)
            try await world.portal.stores.housekeeping.sweep(limits, now: world.clock.now + 4201)
            #expect(try await rows("oidc_flows") == 0)
            #expect(try await rows("oidc_used_tokens") == 0)
        }
    }
}
