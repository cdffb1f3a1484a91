import Contracts
import HTTPTypes
import HummingbirdTesting
import Storage
import TestSupport
import Testing

@testable import Portal

@Suite struct SessionTests {
    @Test("logout by access token refuses the refresh token at once")
    func logout() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let tokens = try await client.tokens()
            let other = try await client.tokens()
            let answer = try await client.post("logout", "", headers: client.bearer(tokens.accessToken))
            #expect(answer.status == .noContent)
            #expect(try await client.refresh(tokens.refreshToken).code == "session_ended")
            #expect(try await client.refresh(other.refreshToken).status == .ok)
            // Again: it is over, which is what was asked for.
            let again = try await client.post("logout", "", headers: client.bearer(tokens.accessToken))
            #expect(again.status == .noContent)
        }
        #expect(try await portal.audited(.logout) == 1)
    }

    @Test("logout by refresh token works with an expired access token, a spent token, and tells strangers nothing")
    func logoutByRefresh() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let tokens = try await client.tokens()
            portal.clock.advance(3600)
            let next: TokensDocument = try await client.refresh(tokens.refreshToken).json()
            let answer = try await client.post("logout", #"{"refresh_token":"\#(tokens.refreshToken)"}"#)
            #expect(answer.status == .noContent)
            #expect(try await client.refresh(next.refreshToken).code == "session_ended")
            let stranger = try await client.post("logout", #"{"refresh_token":"lsr_nothing"}"#)
            #expect(stranger.status == .noContent)
            #expect(try await client.post("logout", "").status == .badRequest)
        }
    }

    @Test("logout-all ends every session of the user and of nobody else")
    func logoutAll() async throws {
        let portal = try await TestPortal(.customer)
        try await portal.test { client in
            _ = try await client.register("ada@example.com")
            _ = try await client.register("bob@example.com")
            var sessions: [TokensDocument] = []
            for _ in 0..<3 {
                sessions.append(try await client.tokens("ada@example.com", TestPortal.customerPassword))
            }
            let bob = try await client.tokens("bob@example.com", TestPortal.customerPassword)
            let answer = try await client.post("logout-all", "", headers: client.bearer(sessions[0].accessToken))
            #expect(answer.status == .noContent)
            for session in sessions {
                #expect(try await client.refresh(session.refreshToken).code == "session_ended")
                #expect(try await client.get("me", as: session.accessToken).code == "session_ended")
            }
            #expect(try await client.refresh(bob.refreshToken).status == .ok)
        }
        #expect(try await portal.audited(.logoutEverywhere) == 1)
    }

    @Test("sessions are listed by page, the current one marked")
    func list() async throws {
        try await TestPortal().test { client in
            let tokens = try await client.tokens()
            for _ in 0..<2 { _ = try await client.tokens() }
            let page: Page<SessionDocument> = try await client.get("sessions?perPage=2", as: tokens.accessToken).json()
            #expect(page.total == 3)
            #expect(page.totalPages == 2)
            #expect(page.data.count == 2)
            let all: Page<SessionDocument> = try await client.get("sessions", as: tokens.accessToken).json()
            #expect(all.data.filter(\.current).map(\.id) == [tokens.sessionID])
        }
    }

    @Test("one may end one's own session and no other's")
    func end() async throws {
        try await TestPortal(.customer).test { client in
            _ = try await client.register("ada@example.com")
            _ = try await client.register("eve@example.com")
            let ada = try await client.tokens("ada@example.com", TestPortal.customerPassword)
            let phone = try await client.tokens("ada@example.com", TestPortal.customerPassword)
            let eve = try await client.tokens("eve@example.com", TestPortal.customerPassword)
            let theft = try await client.send(
                .delete, "/api/v1/auth/sessions/\(ada.sessionID)", headers: client.bearer(eve.accessToken))
            #expect(theft.status == .notFound)
            let own = try await client.send(
                .delete, "/api/v1/auth/sessions/\(phone.sessionID)", headers: client.bearer(ada.accessToken))
            #expect(own.status == .noContent)
            #expect(try await client.refresh(phone.refreshToken).code == "session_ended")
            #expect(try await client.refresh(ada.refreshToken).status == .ok)
        }
    }

    @Test("the hundred-and-first session displaces the one unused for longest")
    func displaced() async throws {
        let portal = try await TestPortal(
            extra: ["LOGIN_ADDRESS_LIMIT_PER_MINUTE": "1000", "LOGIN_ACCOUNT_LIMIT_PER_MINUTE": "1000"])
        try await portal.test { client in
            let first = try await client.tokens()
            portal.clock.advance(1)
            var newest = first
            for _ in 0..<SessionLimits.perUser { newest = try await client.tokens() }
            #expect(try await client.refresh(first.refreshToken).code == "session_ended")
            let page: Page<SessionDocument> = try await client.get("sessions", as: newest.accessToken).json()
            #expect(page.total == SessionLimits.perUser)
        }
    }

    @Test(
        "without a token, or with another portal's, nothing opens",
        arguments: [
            "me", "sessions",
        ])
    func closed(path: String) async throws {
        let customer = try await TestPortal(.customer)
        let foreign = try await customer.test { client in
            _ = try await client.register("ada@example.com")
            return try await client.tokens("ada@example.com", TestPortal.customerPassword).accessToken
        }
        try await TestPortal().test { client in
            let none = try await client.send(.get, Client.auth + path)
            #expect(none.status == .unauthorized)
            #expect(none.code == "missing_token")
            #expect(try await client.get(path, as: foreign).code == "wrong_issuer")
            #expect(try await client.get(path, as: "x.y.z").code == "malformed_token")
        }
    }

    @Test("a session tells its device, where it was opened and where it was used from last")
    func devices() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
            let tokens: TokensDocument = try await client.post(
                "login", #"{"email":"\#(TestPortal.adminEmail)","password":"\#(TestPortal.adminPassword)"}"#,
                headers: [.userAgent: agent]
            ).json()
            // One from before addresses of use were kept.
            try await portal.database.write {
                _ = try await $0.execute("UPDATE sessions SET address = '203.0.113.7', last_address = NULL", [])
            }
            func session() async throws -> SessionDocument? {
                let page: Page<SessionDocument> = try await client.get("sessions", as: tokens.accessToken).json()
                return page.data.first
            }
            let before = try await session()
            #expect(before?.device == "Firefox on Windows")
            #expect(before?.lastAddress == "203.0.113.7")
            #expect(try await client.refresh(tokens.refreshToken).status == .ok)
            let after = try await session()
            #expect(after?.address == "203.0.113.7")
            #expect(after?.lastAddress == "unknown")
        }
    }

    @Test("end-others ends all sessions but the one that asks, and none of anybody else's")
    func endOthers() async throws {
        let portal = try await TestPortal(.customer)
        try await portal.test { client in
            for email in ["ada@example.com", "bob@example.com"] { _ = try await client.register(email) }
            var ada: [TokensDocument] = []
            for _ in 0..<3 { ada.append(try await client.tokens("ada@example.com", TestPortal.customerPassword)) }
            let bob = try await client.tokens("bob@example.com", TestPortal.customerPassword)
            let answer = try await client.post(
                "sessions/end-others", "", headers: client.bearer(ada[1].accessToken))
            #expect(answer.status == .noContent)
            for other in [ada[0], ada[2]] {
                #expect(try await client.refresh(other.refreshToken).code == "session_ended")
            }
            for kept in [ada[1], bob] { #expect(try await client.refresh(kept.refreshToken).status == .ok) }
        }
    }

    @Test("a stolen refresh token that comes back ends the session; the audit trail has both addresses")
    func stolenToken() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let stolen = try await client.tokens()
            let next: TokensDocument = try await client.refresh(stolen.refreshToken).json()
            try await portal.database.write {
                _ = try await $0.execute("UPDATE sessions SET last_address = '203.0.113.7'", [])
            }
            portal.clock.advance(RefreshRotation.graceSeconds + 1)
            #expect(try await client.refresh(stolen.refreshToken).code == "session_ended")
            #expect(try await client.refresh(next.refreshToken).code == "session_ended")
            let event = try await portal.stores.audit.latest(10).first { $0.kind == .refreshReused }
            #expect(event?.address == "unknown")
            #expect(event?.detail.contains("203.0.113.7") == true)
        }
    }
}
