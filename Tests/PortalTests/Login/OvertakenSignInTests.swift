import HTTPTypes
import HummingbirdTesting
import Secrets
import Storage
import TestSupport
import Testing

@testable import Portal

/// Proving a password takes a while, and what it proves may have changed when a session is to be opened with it.
@Suite("Sign-ins that something overtakes") struct OvertakenSignInTests {
    enum Meanwhile: CaseIterable {
        case nothing, changedPassword, endedSessions, disabled
    }

    @Test(
        "neither a session nor a ticket for a second factor comes of what is proof no more",
        arguments: Meanwhile.allCases)
    func overtaken(_ meanwhile: Meanwhile) async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let tokens = try await client.tokens()
            let email = try #require(EmailAddress(TestPortal.adminEmail))
            let verified = try #require(try await portal.stores.login.credential(email))
            let live = try await portal.stores.sessions.live(id: tokens.sessionID, now: portal.clock.now)
            var session = try #require(live).0
            session.id = Entropy.system.identifier()
            switch meanwhile {
            case .nothing: break
            case .changedPassword:
                let answer = try await client.post(
                    "password/change",
                    #"{"old_password":"\#(TestPortal.adminPassword)","new_password":"another long password"}"#,
                    headers: client.bearer(tokens.accessToken))
                #expect(answer.status == .noContent)
            case .endedSessions:
                let answer = try await client.post("logout-all", "", headers: client.bearer(tokens.accessToken))
                #expect(answer.status == .noContent)
            case .disabled:
                try await portal.database.write { try await $0.execute("UPDATE users SET disabled_at = 1", []) }
            }
            let caller = Caller(address: ClientAddress("192.0.2.1"), requestID: "r", userAgent: "")
            let signIn = SignIn(
                user: verified.user, method: .password, kind: .api, verifiedHash: verified.passwordHash,
                caller: caller, now: portal.clock.now)
            func event() -> AuditEvent {
                AuditEvent(
                    .loginSucceeded, .success, subject: "", caller: caller, entropy: .system, now: portal.clock.now)
            }
            let ticket = SecondFactorTicket(
                token: OpaqueToken(.secondFactorTicket, entropy: .system), expiresAt: portal.clock.now + 60,
                isForEnrolment: false)
            #expect(
                try await portal.stores.opening.wait(for: ticket, signIn, event: event()) == (meanwhile == .nothing))
            let outcome = try await portal.stores.opening.open(
                .init(
                    signIn: signIn, session: session,
                    secret: .api(tokenID: "t", hash: "h", expiresAt: session.expiresAt),
                    event: event()), passed: nil)
            #expect(outcome == (meanwhile == .nothing ? .opened : .accountClosed))
            let opened = try await portal.stores.sessions.live(id: session.id, now: portal.clock.now)
            #expect((opened != nil) == (meanwhile == .nothing))
        }
    }
}
