import HTTPTypes
import HummingbirdTesting
import Secrets
import ServerKit
import ServiceKit
import Storage
import Synchronization
import TestSupport
import Testing
import Tokens

@testable import Portal

@Suite("Renewing a browser's token") struct WebRenewalTests {
    /// What resolves a cookie, with the tokens that it signed.
    private func webSessions(_ portal: TestPortal, signed: SignedTokens) throws -> WebSessions {
        let dataKey = SecretBytes(utf8: "a data key for these tests alone, 32 bytes")
        let ring = portal.ring
        return WebSessions(
            store: portal.stores.webSessions,
            tokens: AccessTokens(
                kind: .platform,
                issuer: TokenIssuer(
                    issuer: "lockstep-platform", audience: "lockstep", lifetime: 900, randomness: signed.randomness),
                ring: { ring }, signers: portal.manager.signers, signed: SigningTimes()),
            verifier: LiveVerifier(
                manager: portal.manager, policy: VerificationPolicy(), clock: WallClock { portal.clock.now }),
            seal: DataKeySeal(dataKey, for: .webAccessToken, entropy: .system),
            limits: SessionLimits(refreshLifetime: 3600, sessionLifetime: 7200, webIdle: 3600))
    }

    private final class SignedTokens: Sendable {
        private let state = Mutex(0)
        /// Two random words go into each token's `jti`.
        var count: Int { state.withLock { $0 } / 2 }
        var randomness: Randomness {
            Randomness {
                self.state.withLock { $0 += 1 }
                return .random(in: .min ... .max)
            }
        }
    }

    @Test("tabs that come at once get one new token among them, at one replica and at two", arguments: [10, 100])
    func once(_ tabs: Int) async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            var browser = Browser(client)
            _ = try await browser.signIn()
            let cookie = try #require(OpaqueToken(.webSession, parsing: browser.sessionCookie ?? ""))
            let signed = SignedTokens()
            let replicas = [
                try webSessions(portal, signed: signed), try webSessions(portal, signed: signed),
            ]
            for round in 1...3 {
                let now = portal.clock.now
                let tokens = try await withThrowingTaskGroup(of: String?.self) { group in
                    for tab in 0..<tabs {
                        group.addTask {
                            try await replicas[tab % 2].resolve(cookie, from: ClientAddress("192.0.2.1"), now: now)?
                                .accessToken
                        }
                    }
                    return try await group.reduce(into: [String?]()) { $0.append($1) }
                }
                #expect(tokens.count == tabs)
                #expect(tokens.allSatisfy { $0 != nil })
                #expect(Set(tokens).count == 1)
                #expect(signed.count == round)
                // To within the last minute of the token: it is renewed, and before it expires.
                portal.clock.advance(850)
            }
        }
    }

    @Test("a token with more than a minute left is not renewed")
    func notEarly() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            var browser = Browser(client)
            _ = try await browser.signIn()
            let cookie = try #require(OpaqueToken(.webSession, parsing: browser.sessionCookie ?? ""))
            let signed = SignedTokens()
            let sessions = try webSessions(portal, signed: signed)
            for _ in 0..<14 {
                _ = try await sessions.resolve(cookie, from: ClientAddress("192.0.2.1"), now: portal.clock.now)
                portal.clock.advance(60)
            }
            #expect(signed.count == 1)
        }
    }

    @Test("when the one that went for it fails, the others go themselves, and nobody waits for ever")
    func leaderFails() async throws {
        let renewals = Renewals()
        #expect(await renewals.lead("a"))
        async let follower = renewals.lead("a")
        #expect(await renewals.lead("b"))
        renewals.end("b")
        renewals.end("a")
        // Before or behind the end: it has been waited for, or there is nobody to wait for.
        let led = await follower
        if led { renewals.end("a") }
        #expect(await renewals.lead("a"))
    }

    @Test("a session that ends while its token is renewed opens nothing")
    func ended() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            var browser = Browser(client)
            _ = try await browser.signIn()
            let cookie = try #require(OpaqueToken(.webSession, parsing: browser.sessionCookie ?? ""))
            try await portal.database.write {
                _ = try await $0.execute("UPDATE sessions SET ended_at = 1", [])
            }
            let outcome = try await portal.stores.webSessions.renew(
                hash: cookie.hash, now: portal.clock.now, good: { _ in nil as String? },
                mint: { _ in
                    Issue.record("an ended session got a token")
                    return ("", "")
                })
            #expect(outcome == nil)
        }
    }
}
