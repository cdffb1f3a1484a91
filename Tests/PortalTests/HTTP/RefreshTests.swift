import HTTPTypes
import HummingbirdTesting
import Storage
import TestSupport
import Testing

@testable import Portal

@Suite struct RefreshTests {
    @Test("each use gives a new refresh token and a new access token of the same session")
    func rotates() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            var tokens = try await client.tokens()
            var seen: Set<String> = [tokens.refreshToken]
            for _ in 0..<5 {
                portal.clock.advance(600)
                let answer = try await client.refresh(tokens.refreshToken)
                #expect(answer.status == .ok)
                let next: TokensDocument = try answer.json()
                #expect(seen.insert(next.refreshToken).inserted)
                #expect(next.sessionID == tokens.sessionID)
                #expect(try await client.get("me", as: next.accessToken).status == .ok)
                tokens = next
            }
        }
    }

    @Test("a client that refreshes in a loop fills no disk: of each session so many spent tokens are remembered")
    func boundedMemory() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            var tokens = try await client.tokens()
            let session = tokens.sessionID
            // As if it had been refreshed often before.
            try await portal.database.write { transaction in
                for number in 0..<(SessionLimits.spentTokens + 50) {
                    try await transaction.execute(
                        """
                        INSERT INTO refresh_tokens (id, session_id, token_hash, created_at, expires_at, spent_at)
                        VALUES (?, ?, ?, 0, 0, ?)
                        """, [.text("old-\(number)"), .text(session), .text("hash-\(number)"), .integer(Int64(number))])
                }
            }
            for _ in 0..<3 {
                portal.clock.advance(60)
                tokens = try await client.refresh(tokens.refreshToken).json()
            }
            let kept = try await portal.database.read { transaction in
                try await transaction.query(
                    "SELECT COUNT(*) AS tokens, MIN(spent_at) AS oldest FROM refresh_tokens WHERE spent_at IS NOT NULL",
                    [])
            }
            // The last one is younger than the grace, and not counted yet.
            #expect(try kept.first?.integer("tokens") == Int64(SessionLimits.spentTokens + 1))
            #expect(try kept.first?.integer("oldest") == 52)
            #expect(try await client.refresh(tokens.refreshToken).status == .ok)
        }
    }

    @Test("asked again within ten seconds the same successor is answered")
    func repeated() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let tokens = try await client.tokens()
            let first: TokensDocument = try await client.refresh(tokens.refreshToken).json()
            portal.clock.advance(10)
            let again: TokensDocument = try await client.refresh(tokens.refreshToken).json()
            #expect(again.refreshToken == first.refreshToken)
            #expect(try await client.refresh(first.refreshToken).status == .ok)
        }
    }

    @Test("eleven seconds later the spent token ends the session, with all its tokens")
    func replayed() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let tokens = try await client.tokens()
            let other = try await client.tokens()
            let next: TokensDocument = try await client.refresh(tokens.refreshToken).json()
            portal.clock.advance(11)
            #expect(try await client.refresh(tokens.refreshToken).code == "session_ended")
            #expect(try await client.refresh(next.refreshToken).code == "session_ended")
            #expect(try await client.get("me", as: next.accessToken).code == "session_ended")
            // The user's other session is not its affair.
            #expect(try await client.refresh(other.refreshToken).status == .ok)
        }
        #expect(try await portal.audited(.refreshReused) == 1)
    }

    @Test("once the successor was used, the spent token ends the session within the ten seconds too")
    func replayedAfterUse() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let tokens = try await client.tokens()
            let second: TokensDocument = try await client.refresh(tokens.refreshToken).json()
            let third: TokensDocument = try await client.refresh(second.refreshToken).json()
            #expect(try await client.refresh(tokens.refreshToken).code == "session_ended")
            #expect(try await client.refresh(third.refreshToken).code == "session_ended")
        }
        #expect(try await portal.audited(.refreshReused) == 1)
    }

    @Test("many at once with one token all get the one successor")
    func parallel() async throws {
        try await TestPortal().test { client in
            let tokens = try await client.tokens()
            let answers = try await withThrowingTaskGroup(of: TokensDocument.self) { group in
                for _ in 0..<40 {
                    group.addTask { try await client.refresh(tokens.refreshToken).json() }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count == 40)
            #expect(Set(answers.map(\.refreshToken)).count == 1)
        }
    }

    @Test("a spent token gives the same successor after a restart, and never another")
    func survivesRestart() async throws {
        let first = try await TestPortal()
        let (spent, successor) = try await first.test { client in
            let tokens = try await client.tokens()
            let next: TokensDocument = try await client.refresh(tokens.refreshToken).json()
            return (tokens.refreshToken, next.refreshToken)
        }
        try await TestPortal(database: first.database, clock: first.clock).test { client in
            let again: TokensDocument = try await client.refresh(spent).json()
            #expect(again.refreshToken == successor)
        }
    }

    @Test("a token expires unused, and a session ends however often it is refreshed")
    func expires() async throws {
        let portal = try await TestPortal(extra: ["REFRESH_TOKEN_EXPIRE_DAYS": "2", "SESSION_MAX_DAYS": "3"])
        try await portal.test { client in
            let idle = try await client.tokens()
            var busy = try await client.tokens()
            portal.clock.advance(86_400)
            busy = try await client.refresh(busy.refreshToken).json()
            portal.clock.advance(86_400)
            #expect(try await client.refresh(idle.refreshToken).status == .unauthorized)
            busy = try await client.refresh(busy.refreshToken).json()
            portal.clock.advance(86_400)
            #expect(try await client.refresh(busy.refreshToken).status == .unauthorized)
        }
    }

    @Test(
        "what is no refresh token of this portal is refused",
        arguments: [
            "", "x", "lsr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "' OR 1=1 --",
        ])
    func unknown(token: String) async throws {
        try await TestPortal().test { client in
            let answer = try await client.refresh(token)
            #expect(answer.status == .unauthorized)
            #expect(answer.code == "invalid_refresh_token")
        }
    }

    @Test("a cookie opens no JSON endpoint")
    func ignoresCookies() async throws {
        try await TestPortal().test { client in
            let tokens = try await client.tokens()
            let cookies: HTTPFields = [
                .cookie: "refresh_token=\(tokens.refreshToken); lockstep_platform_session=\(tokens.refreshToken)"
            ]
            #expect(try await client.post("refresh", "{}", headers: cookies).status == .unprocessableContent)
            #expect(try await client.send(.get, "/api/v1/auth/me", headers: cookies).code == "missing_token")
        }
    }

    @Test("the database holds no token that could be used")
    func storedHashed() async throws {
        let portal = try await TestPortal()
        let tokens = try await portal.test { client in
            let first = try await client.tokens()
            let second: TokensDocument = try await client.refresh(first.refreshToken).json()
            return [first.refreshToken, second.refreshToken]
        }
        let rows = try await portal.database.read { transaction in
            try await transaction.query(
                "SELECT token_hash, sealed_successor FROM refresh_tokens ORDER BY id", [])
        }
        let stored = rows.map { "\($0.columns)" }.joined()
        #expect(rows.count == 2)
        for token in tokens { #expect(!stored.contains(token.dropFirst(4))) }
    }
}
