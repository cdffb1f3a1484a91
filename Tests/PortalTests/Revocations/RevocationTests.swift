import Contracts
import HTTPTypes
import HummingbirdTesting
import Secrets
import Storage
import TestSupport
import Testing
import Tokens

@testable import Portal

@Suite("What a portal revokes", .timeLimit(.minutes(10)))
struct RevocationTests {
    private static let tokens = RevocationToken(
        internalToken: SecretBytes(utf8: "internal-token-internal-token-internal"))
    private static let authorized: HTTPFields = [
        .authorization: "Bearer internal-token-internal-token-internal"
    ]

    private func page(_ client: Client, _ query: String = "") async throws -> RevocationPage {
        let answer = try await client.send(.get, RevocationPage.path + query, headers: Self.authorized)
        #expect(answer.status == .ok, "\(answer.text)")
        return try answer.json()
    }

    private func told(_ client: Client, _ portal: TestPortal) async throws -> [Revocation] {
        try await page(client).events.map { try Self.tokens.verify($0.set, now: portal.clock.now) }
    }

    @Test("logout tells of that session, with the portal's issuer and the moment")
    func logout() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let tokens = try await client.tokens()
            #expect(try await told(client, portal).isEmpty)
            portal.clock.advance(5)
            _ = try await client.post("logout", "", headers: client.bearer(tokens.accessToken))
            let events = try await told(client, portal)
            #expect(events.map(\.event) == [.sessionRevoked])
            #expect(events.map(\.subject) == [.session(id: tokens.sessionID, user: tokens.user.id)])
            #expect(events.map(\.issuer) == ["lockstep-platform"])
            #expect(events.map(\.occurredAt) == [portal.clock.now])
            // Over already: nothing happened.
            _ = try await client.post("logout", "", headers: client.bearer(tokens.accessToken))
            #expect(try await told(client, portal).count == 1)
        }
    }

    @Test("logout by refresh token, a session deleted by its owner, and a spent refresh token that came back")
    func otherEnds() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let (one, two, three) = (
                try await client.tokens(), try await client.tokens(), try await client.tokens()
            )
            _ = try await client.post("logout", #"{"refresh_token":"\#(one.refreshToken)"}"#)
            _ = try await client.send(
                .delete, "\(Client.auth)sessions/\(two.sessionID)", headers: client.bearer(three.accessToken))
            let next: TokensDocument = try await client.refresh(three.refreshToken).json()
            _ = try await client.refresh(next.refreshToken)
            _ = try await client.refresh(three.refreshToken)
            #expect(
                try await told(client, portal).map(\.subject)
                    == [one, two, three].map { .session(id: $0.sessionID, user: $0.user.id) })
        }
    }

    @Test("logout-all tells of the user, and spares who logs in again within the same second")
    func logoutEverywhere() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let before = try await client.tokens()
            _ = try await client.post("logout-all", "", headers: client.bearer(before.accessToken))
            let after = try await client.tokens()
            let event = try #require(try await told(client, portal).first)
            #expect(event.subject == .user(before.user.id))
            let version = try #require(event.tokenVersion)
            let verifier = TokenVerifier(ring: portal.ring, policy: VerificationPolicy())
            let old = try verifier.verify(before.accessToken, now: portal.clock.now)
            let new = try verifier.verify(after.accessToken, now: portal.clock.now)
            #expect(try #require(old.tokenVersion) < version)
            #expect(new.tokenVersion == version)
        }
    }

    @Test("the session that makes room for one too many is told of")
    func displaced() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let first = try await client.tokens()
            for _ in 0..<SessionLimits.perUser {
                portal.clock.advance(2)
                _ = try await client.tokens()
            }
            #expect(
                try await told(client, portal).map(\.subject)
                    == [.session(id: first.sessionID, user: first.user.id)])
        }
    }

    @Test("what can't be told does not happen: both are one transaction")
    func together() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let tokens = try await client.tokens()
            try await portal.database.write { try await $0.execute("DROP TABLE revocations", []) }
            let answer = try await client.post("logout-all", "", headers: client.bearer(tokens.accessToken))
            #expect(answer.status == .internalServerError)
            #expect(try await client.refresh(tokens.refreshToken).status == .ok)
        }
    }

    @Test("is for the internal token alone", arguments: ["", "Bearer wrong", "Basic eDp5"])
    func locked(_ authorization: String) async throws {
        try await TestPortal().test { client in
            let headers: HTTPFields = authorization.isEmpty ? [:] : [.authorization: authorization]
            let answer = try await client.send(.get, RevocationPage.path, headers: headers)
            #expect(answer.status == .notFound || answer.status == .unauthorized)
            #expect(!answer.text.contains("events"))
        }
    }

    @Test(
        "questions that are none",
        arguments: [
            "?wait=-1", "?wait=26", "?wait=x", "?wait=1&wait=2", "?after=", "?after=a%20b", "?after=a&after=b",
            "?after=" + String(repeating: "a", count: 101),
        ])
    func malformed(_ query: String) async throws {
        try await TestPortal().test { client in
            let answer = try await client.send(.get, RevocationPage.path + query, headers: Self.authorized)
            #expect(answer.code == "malformed_request")
        }
    }

    @Test(
        "an unknown cursor is 410: start again without one",
        arguments: ["x.1", "x", "00000000-0000-4000-8000-000000000000.0"])
    func unknownCursor(_ cursor: String) async throws {
        try await TestPortal().test { client in
            let answer = try await client.send(
                .get, "\(RevocationPage.path)?after=\(cursor)&wait=20", headers: Self.authorized)
            #expect(answer.status == .gone)
            #expect(answer.code == "cursor_unknown")
        }
    }

    @Test("an open question is answered by what happens meanwhile")
    func waits() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let tokens = try await client.tokens()
            let start = try await page(client).next
            try await withThrowingTaskGroup(of: RevocationPage?.self) { group in
                group.addTask { try await page(client, "?after=\(start)&wait=25") }
                group.addTask {
                    _ = try await client.post("logout-all", "", headers: client.bearer(tokens.accessToken))
                    return nil
                }
                for try await answer in group {
                    guard let answer else { continue }
                    #expect(answer.events.count == 1)
                    #expect(answer.next != start)
                }
            }
        }
    }

    @Test("events are kept until the last token that they concern has expired, then swept")
    func kept() async throws {
        let portal = try await TestPortal(extra: ["JWT_MAX_LIFETIME_HOURS": "2", "JWT_LEEWAY_SECONDS": "30"])
        let limits = HousekeepingStore.Limits(auditRetention: 20 * 86_400, auditMaximumEvents: 1000)
        try await portal.test { client in
            let tokens = try await client.tokens()
            _ = try await client.post("logout", "", headers: client.bearer(tokens.accessToken))
            let cursor = try await page(client).next
            portal.clock.advance(7200 + 60)
            try await portal.stores.housekeeping.sweep(limits, now: portal.clock.now)
            #expect(try await page(client).events.count == 1)
            portal.clock.advance(1)
            try await portal.stores.housekeeping.sweep(limits, now: portal.clock.now)
            #expect(try await page(client).events.isEmpty)
            // Who was up to date stays so.
            #expect(try await page(client, "?after=\(cursor)").events.isEmpty)
        }
    }
}
