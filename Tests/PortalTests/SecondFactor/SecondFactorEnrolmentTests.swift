import Contracts
import Foundation
import HTTPTypes
import HummingbirdTesting
import Secrets
import ServiceKit
import Storage
import TestSupport
import Testing

@testable import Portal

@Suite("Enrolling a second factor") struct SecondFactorEnrolmentTests {
    private static let password = #"{"password":"\#(TestPortal.adminPassword)"}"#

    private func begin(_ client: Client, as token: String) async throws -> EnrolmentDocument {
        try await client.post("second-factor/enrolment", Self.password, headers: client.bearer(token)).json()
    }

    private func delete(_ client: Client, as token: String, _ body: String) async throws -> TestResponse {
        var headers = client.bearer(token)
        headers[.contentType] = "application/json"
        return try await client.send(.delete, Client.auth + "second-factor", headers: headers, body: body)
    }

    @Test("it counts once a code of it has come, and not before")
    func confirmed() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let session = try await client.tokens()
            let seed = try await begin(client, as: session.accessToken)
            #expect(seed.secret.count == 32)
            #expect(seed.uri.hasPrefix("otpauth://totp/Lockstep%20platform:admin%40example.com?secret=\(seed.secret)"))
            #expect(try await client.login().status == .ok)
            let app = Authenticator(secret: seed.secret)
            func confirm(_ code: String) async throws -> TestResponse {
                try await client.post(
                    "second-factor/enrolment/confirm", #"{"code":"\#(code)"}"#,
                    headers: client.bearer(session.accessToken))
            }
            #expect(try await confirm(app.wrongCode(at: portal.clock.now)).code == "second_factor_rejected")
            #expect(try await client.login().status == .ok)
            #expect(try await confirm(app.code(at: portal.clock.now)).status == .ok)
            #expect(try await client.login().code == "second_factor_required")
            let standing: SecondFactorDocument = try await client.get(
                "second-factor", as: session.accessToken
            ).json()
            #expect(standing.enrolled)
            #expect(standing.enrolledAt == portal.clock.now)
            #expect(standing.recoveryCodesLeft == 10)
            // A second confirmation has nothing to confirm, and hands out no second set of codes.
            portal.clock.advance(30)
            #expect(try await confirm(app.code(at: portal.clock.now)).code == "second_factor_rejected")
        }
        #expect(try await portal.audited(.secondFactorEnrolled) == 1)
    }

    @Test("a session alone enrols nobody: the password is asked once more, and wrong ones count")
    func asksForThePassword() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let token = try await client.tokens().accessToken
            for body in [#"{"password":"a wrong one"}"#, "{}"] {
                let answer = try await client.post("second-factor/enrolment", body, headers: client.bearer(token))
                #expect(answer.code == "invalid_credentials")
            }
            #expect(try await client.post("second-factor/enrolment", Self.password).code == "missing_token")
        }
        #expect(try await portal.audited(.secondFactorRefused) == 2)
    }

    @Test("what was begun anew replaces what was begun; what counts is not replaced")
    func beginsAnew() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let token = try await client.tokens().accessToken
            let first = Authenticator(secret: try await begin(client, as: token).secret)
            let second = Authenticator(secret: try await begin(client, as: token).secret)
            func confirm(_ app: Authenticator) async throws -> TestResponse {
                try await client.post(
                    "second-factor/enrolment/confirm", #"{"code":"\#(app.code(at: portal.clock.now))"}"#,
                    headers: client.bearer(token))
            }
            #expect(try await confirm(first).code == "second_factor_rejected")
            #expect(try await confirm(second).status == .ok)
            let third = try await client.post("second-factor/enrolment", Self.password, headers: client.bearer(token))
            #expect(third.code == "conflict")
        }
    }

    @Test("turning it off takes the password and a code; then the password is enough again")
    func turnedOff() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let enrolled = try await client.enrol(portal)
            let token = enrolled.session.accessToken
            let code = enrolled.app.code(at: portal.clock.now)
            let wrong = enrolled.app.wrongCode(at: portal.clock.now)
            for (body, expected) in [
                (Self.password, "second_factor_required"),
                (#"{"password":"\#(TestPortal.adminPassword)","code":"\#(wrong)"}"#, "second_factor_rejected"),
                (#"{"password":"a wrong one","code":"\#(code)"}"#, "invalid_credentials"),
                (#"{"code":"\#(code)"}"#, "invalid_credentials"),
            ] {
                #expect(try await delete(client, as: token, body).code == expected)
            }
            let off = try await delete(
                client, as: token, #"{"password":"\#(TestPortal.adminPassword)","code":"\#(code)"}"#)
            #expect(off.status == .noContent, "\(off.text)")
            #expect(try await client.login().status == .ok)
        }
        #expect(try await portal.audited(.secondFactorTurnedOff) == 1)
    }

    @Test("new recovery codes take the place of the old ones, and take the password and a code")
    func renewed() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let enrolled = try await client.enrol(portal)
            func renew(_ body: String) async throws -> TestResponse {
                try await client.post(
                    "second-factor/recovery-codes", body, headers: client.bearer(enrolled.session.accessToken))
            }
            #expect(try await renew(Self.password).code == "second_factor_required")
            let answer = try await renew(
                #"{"password":"\#(TestPortal.adminPassword)","code":"\#(enrolled.app.code(at: portal.clock.now))"}"#)
            let codes: RecoveryCodesDocument = try answer.json()
            #expect(Set(codes.recoveryCodes).isDisjoint(with: enrolled.recoveryCodes))
            let ticket = try await client.ticket().ticket
            #expect(
                try await client.secondFactor(ticket: ticket, recoveryCode: enrolled.recoveryCodes[0]).code
                    == "second_factor_rejected")
            #expect(
                try await client.secondFactor(ticket: ticket, recoveryCode: codes.recoveryCodes[0]).status == .ok)
        }
        #expect(try await portal.audited(.recoveryCodesRenewed) == 1)
    }

    @Test("a seed that is moved to another user's row opens nothing there")
    func movedSeed() async throws {
        let portal = try await TestPortal(.customer)
        try await portal.test { client in
            let password = TestPortal.customerPassword
            for email in ["ada@example.com", "eve@example.com"] { _ = try await client.register(email) }
            _ = try await client.enrol(portal, "ada@example.com", password)
            let eve = try await client.enrol(portal, "eve@example.com", password)
            // Who can write to the database puts their own seed in Ada's row, and their recovery codes too.
            try await portal.database.write { transaction in
                let (ada, eveID) = (
                    try await UserRows.credential(email: #require(EmailAddress("ada@example.com")), transaction),
                    eve.session.user.id
                )
                let adaID = try #require(ada?.user.id)
                try await transaction.execute(
                    """
                    UPDATE second_factors SET sealed_seed =
                        (SELECT sealed_seed FROM second_factors WHERE user_id = ?) WHERE user_id = ?
                    """, [.text(eveID), .text(adaID)])
                try await transaction.execute("DELETE FROM recovery_codes WHERE user_id = ?", [.text(adaID)])
                try await transaction.execute(
                    "UPDATE recovery_codes SET user_id = ? WHERE user_id = ?", [.text(adaID), .text(eveID)])
            }
            let ticket = try await client.ticket("ada@example.com", password).ticket
            #expect(
                try await client.secondFactor(ticket: ticket, code: eve.app.code(at: portal.clock.now)).code
                    == "second_factor_rejected")
            #expect(
                try await client.secondFactor(ticket: ticket, recoveryCode: eve.recoveryCodes[0]).code
                    == "second_factor_rejected")
        }
    }

    @Test("another PORTAL_DATA_KEY opens no seed: the second factor stays asked for")
    func otherDataKey() async throws {
        let first = try await TestPortal()
        let app = try await first.test { try await $0.enrol(first).app }
        let second = try await TestPortal(
            extra: ["PORTAL_DATA_KEY": "another-data-key-another-data-key-1"], database: first.database,
            clock: first.clock)
        try await second.test { client in
            let ticket = try await client.ticket().ticket
            #expect(
                try await client.secondFactor(ticket: ticket, code: app.code(at: second.clock.now)).code
                    == "second_factor_rejected")
        }
    }

    @Test("who has no password sets one up with their session alone, and signs in with no password whatever")
    func withoutPassword() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let token = try await client.tokens().accessToken
            try await portal.database.write {
                _ = try await $0.execute("UPDATE users SET password_hash = ''", [])
            }
            for password in ["", TestPortal.adminPassword] {
                #expect(try await client.login(TestPortal.adminEmail, password).code == "invalid_credentials")
            }
            let guessed = try await client.post("second-factor/enrolment", Self.password, headers: client.bearer(token))
            #expect(guessed.code == "invalid_credentials")
            let seed: EnrolmentDocument = try await client.post(
                "second-factor/enrolment", "{}", headers: client.bearer(token)
            ).json()
            let app = Authenticator(secret: seed.secret)
            let confirmed = try await client.post(
                "second-factor/enrolment/confirm", #"{"code":"\#(app.code(at: portal.clock.now))"}"#,
                headers: client.bearer(token))
            #expect(confirmed.status == .ok)
            portal.clock.advance(30)
            #expect(try await delete(client, as: token, "{}").code == "second_factor_required")
            let off = try await delete(client, as: token, #"{"code":"\#(app.code(at: portal.clock.now))"}"#)
            #expect(off.status == .noContent)
        }
    }

    @Test("enrolled in the moment between the question and the opening: it is asked for still")
    func enrolledMeanwhile() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let enrolled = try await client.enrol(portal)
            let live = try await portal.stores.sessions.live(
                id: enrolled.session.sessionID, now: portal.clock.now)
            let (session, user) = try #require(live)
            let caller = Caller(address: ClientAddress("192.0.2.1"), requestID: "r", userAgent: "")
            var other = session
            other.id = Entropy.system.identifier()
            // As a sign-in that was told before that nothing is asked for.
            let outcome = try await portal.stores.opening.open(
                .init(
                    signIn: SignIn(
                        user: user, method: .oidc(provider: "google"), kind: .api, caller: caller,
                        now: portal.clock.now),
                    session: other, secret: .api(tokenID: "t", hash: "h", expiresAt: other.expiresAt),
                    event: AuditEvent(
                        .loginSucceeded, .success, subject: "", caller: caller, entropy: .system,
                        now: portal.clock.now)), passed: nil)
            #expect(outcome == .secondFactorNeeded(.code))
            #expect(try await portal.stores.sessions.live(id: other.id, now: portal.clock.now) == nil)
        }
    }

    @Test("DB updates ask for the code too, where one is enrolled")
    func dbUpdates() async throws {
        let portal = try await TestPortal(extra: ["ENABLE_DB_UPDATES": "true"])
        try await portal.test { client in
            let enrolled = try await client.enrol(portal)
            func ask(_ body: String) async throws -> TestResponse {
                try await client.post(
                    "db-updates-token", body, headers: client.bearer(enrolled.session.accessToken))
            }
            #expect(try await ask(Self.password).code == "second_factor_required")
            let code = enrolled.app.code(at: portal.clock.now)
            let body = #"{"password":"\#(TestPortal.adminPassword)","code":"\#(code)"}"#
            #expect(try await ask(body).status == .ok)
            #expect(try await ask(body).code == "second_factor_rejected")
        }
    }
}
