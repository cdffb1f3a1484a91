import Contracts
import Foundation
import HTTPTypes
import HummingbirdTesting
import Storage
import TestSupport
import Testing

@testable import Portal

@Suite("Signing in with a second factor") struct SecondFactorLoginTests {
    @Test("the password brings a ticket and nothing else; the ticket with a code brings what a login brings")
    func twoSteps() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let enrolled = try await client.enrol(portal)
            let first = try await client.login()
            #expect(first.status == .unauthorized)
            #expect(first.headers[.contentType] == "application/problem+json")
            #expect(first.headers[.cacheControl] == "no-store")
            #expect(!first.text.contains("access_token"))
            #expect(!first.text.contains("lsr_"))
            let problem: TicketProblem = try first.json()
            #expect(problem.code == "second_factor_required")
            #expect(problem.ticket.hasPrefix("lst_"))
            #expect(problem.expiresIn == 300)
            #expect(!problem.enrolmentNeeded)

            let second = try await client.secondFactor(
                ticket: problem.ticket, code: enrolled.app.code(at: portal.clock.now))
            #expect(second.status == .ok, "\(second.text)")
            #expect(second.headers[.cacheControl] == "no-store")
            let tokens: TokensDocument = try second.json()
            #expect(tokens.user.email == TestPortal.adminEmail)
            #expect(tokens.recoveryCodes == nil)
            #expect(try await client.get("me", as: tokens.accessToken).status == .ok)
            #expect(try await client.refresh(tokens.refreshToken).status == .ok)
        }
        #expect(try await portal.audited(.secondFactorAsked) == 1)
    }

    @Test("a ticket opens nothing by itself: it is no access token and no refresh token")
    func ticketIsNoToken() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            _ = try await client.enrol(portal)
            let ticket = try await client.ticket().ticket
            #expect(try await client.get("me", as: ticket).status == .unauthorized)
            #expect(try await client.refresh(ticket).code == "invalid_refresh_token")
            #expect(try await client.post("second-factor", #"{"ticket":"\#(ticket)"}"#).code == "invalid_input")
        }
    }

    @Test("wrong code, used code, used ticket, unknown ticket, no ticket at all: one answer")
    func sameAnswers() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let enrolled = try await client.enrol(portal)
            let code = enrolled.app.code(at: portal.clock.now)
            let used = try await client.ticket().ticket
            #expect(try await client.secondFactor(ticket: used, code: code).status == .ok)
            let ticket = try await client.ticket().ticket
            let unknown = OpaqueToken(.secondFactorTicket, entropy: .system).text
            let answers = [
                try await client.secondFactor(ticket: ticket, code: enrolled.app.wrongCode(at: portal.clock.now)),
                try await client.secondFactor(ticket: ticket, code: code),
                try await client.secondFactor(ticket: used, code: code),
                try await client.secondFactor(ticket: unknown, code: code),
                try await client.secondFactor(ticket: "lst_", code: code),
                try await client.secondFactor(ticket: ticket, recoveryCode: "ABCD-EFGH-JKMN-PQRS"),
                try await client.secondFactor(ticket: ticket, recoveryCode: "no such thing"),
            ]
            let seen = try answers.map { answer in
                var problem: Problem = try answer.json()
                problem.requestID = ""
                let headers = answer.headers.filter { $0.name.canonicalName != "x-request-id" }
                    .map { "\($0.name.canonicalName): \($0.value)" }.sorted()
                return "\(problem) \(headers)"
            }
            #expect(Set(seen).count == 1, "\(Set(seen))")
            #expect(answers.first?.code == "second_factor_rejected")
        }
    }

    @Test("a code opens once, though two tickets and two replicas get it at the same time")
    func codeOnce() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let enrolled = try await client.enrol(portal)
            var tickets: [String] = []
            for _ in 0..<4 { tickets.append(try await client.ticket().ticket) }
            let code = enrolled.app.code(at: portal.clock.now)
            let opened = try await withThrowingTaskGroup(of: Bool.self) { group in
                for ticket in tickets {
                    group.addTask { try await client.secondFactor(ticket: ticket, code: code).status == .ok }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(opened == 1)
        }
    }

    @Test("the code that enrolled signs nobody in")
    func enrolmentCodeIsSpent() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let enrolled = try await client.enrol(portal)
            portal.clock.advance(-OneTimePassword.period)
            let ticket = try await client.ticket().ticket
            let answer = try await client.secondFactor(
                ticket: ticket, code: enrolled.app.code(at: portal.clock.now))
            #expect(answer.code == "second_factor_rejected")
        }
    }

    @Test("a clock that is set back opens no used code again, and recovery codes go on working")
    func clockSteps() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let enrolled = try await client.enrol(portal)
            let code = enrolled.app.code(at: portal.clock.now)
            #expect(
                try await client.secondFactor(ticket: try await client.ticket().ticket, code: code).status == .ok)
            portal.clock.advance(-600)
            let ticket = try await client.ticket().ticket
            for at in [portal.clock.now, portal.clock.now + 600] {
                #expect(
                    try await client.secondFactor(ticket: ticket, code: enrolled.app.code(at: at)).code
                        == "second_factor_rejected")
            }
            #expect(
                try await client.secondFactor(ticket: ticket, recoveryCode: enrolled.recoveryCodes[0]).status == .ok)
            // Forward by years: the next code counts as any other.
            portal.clock.advance(86_400 * 400)
            #expect(
                try await client.secondFactor(
                    ticket: try await client.ticket().ticket, code: enrolled.app.code(at: portal.clock.now)
                ).status == .ok)
        }
    }

    @Test("a ticket is over after five minutes")
    func expiry() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let enrolled = try await client.enrol(portal)
            let ticket = try await client.ticket().ticket
            portal.clock.advance(300)
            let answer = try await client.secondFactor(
                ticket: ticket, code: enrolled.app.code(at: portal.clock.now))
            #expect(answer.code == "second_factor_rejected")
        }
    }

    @Test("somebody else's ticket takes somebody else's code")
    func otherUsersTicket() async throws {
        let portal = try await TestPortal(.customer)
        try await portal.test { client in
            let password = TestPortal.customerPassword
            for email in ["ada@example.com", "eve@example.com"] { _ = try await client.register(email) }
            let ada = try await client.enrol(portal, "ada@example.com", password)
            let eve = try await client.enrol(portal, "eve@example.com", password)
            let ticket = try await client.ticket("ada@example.com", password).ticket
            let now = portal.clock.now
            #expect(
                try await client.secondFactor(ticket: ticket, code: eve.app.code(at: now)).code
                    == "second_factor_rejected")
            #expect(
                try await client.secondFactor(ticket: ticket, recoveryCode: eve.recoveryCodes[0]).code
                    == "second_factor_rejected")
            let tokens: TokensDocument = try await client.secondFactor(
                ticket: ticket, code: ada.app.code(at: now)
            ).json()
            #expect(tokens.user.email == "ada@example.com")
        }
    }

    @Test("five wrong codes bring the rest, whichever tickets they came with, and a right one is refused then too")
    func bruteForce() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let enrolled = try await client.enrol(portal)
            // From where nobody signed in yet: the guesser's.
            try await portal.database.write {
                _ = try await $0.execute("UPDATE sessions SET address = '203.0.113.9'", [])
            }
            for _ in 0..<5 {
                let ticket = try await client.ticket().ticket
                let answer = try await client.secondFactor(
                    ticket: ticket, code: enrolled.app.wrongCode(at: portal.clock.now))
                #expect(answer.code == "second_factor_rejected")
            }
            let ticket = try await client.ticket().ticket
            let right = enrolled.app.code(at: portal.clock.now)
            let locked = try await client.secondFactor(ticket: ticket, code: right)
            #expect(locked.status == .tooManyRequests)
            #expect(locked.headers[.retryAfter] == "30")
            #expect(
                try await client.secondFactor(ticket: ticket, recoveryCode: enrolled.recoveryCodes[0]).status
                    == .tooManyRequests)
            // The owner's own address has a count of its own.
            try await portal.database.write {
                _ = try await $0.execute("UPDATE sessions SET address = 'unknown'", [])
            }
            #expect(try await client.secondFactor(ticket: ticket, code: right).status == .ok)
        }
        #expect(try await portal.audited(.secondFactorLocked) == 1)
        #expect(try await portal.audited(.secondFactorFailed) == 5)
    }

    @Test("five wrong codes spend a ticket, though the account's limit is wider")
    func ticketTries() async throws {
        let portal = try await TestPortal(extra: ["LOGIN_LOCKOUT_FAILURES": "100"])
        try await portal.test { client in
            let enrolled = try await client.enrol(portal)
            let ticket = try await client.ticket().ticket
            for _ in 0..<5 {
                _ = try await client.secondFactor(
                    ticket: ticket, code: enrolled.app.wrongCode(at: portal.clock.now))
            }
            let right = enrolled.app.code(at: portal.clock.now)
            #expect(try await client.secondFactor(ticket: ticket, code: right).code == "second_factor_rejected")
            #expect(
                try await client.secondFactor(ticket: try await client.ticket().ticket, code: right).status == .ok)
        }
    }

    @Test("an account keeps ten tickets: whoever has the password fills no disk")
    func boundedTickets() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            _ = try await client.enrol(portal)
            for _ in 0..<13 {
                _ = try await client.ticket()
                portal.clock.advance(4)
            }
        }
        let rows = try await portal.database.read {
            try await $0.query("SELECT COUNT(*) AS tickets FROM second_factor_tickets", [])
        }
        #expect(try rows.first?.integer("tickets") == 10)
    }

    @Test("a disabled account's ticket opens nothing")
    func disabled() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let enrolled = try await client.enrol(portal)
            let ticket = try await client.ticket().ticket
            try await portal.database.write {
                _ = try await $0.execute("UPDATE users SET disabled_at = 1", [])
            }
            let answer = try await client.secondFactor(
                ticket: ticket, code: enrolled.app.code(at: portal.clock.now))
            #expect(answer.code == "second_factor_rejected")
        }
    }

    @Test("each recovery code opens once, and how many are left is told")
    func recoveryCodes() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let enrolled = try await client.enrol(portal)
            #expect(Set(enrolled.recoveryCodes).count == 10)
            let code = enrolled.recoveryCodes[3]
            let first: TokensDocument = try await client.secondFactor(
                ticket: try await client.ticket().ticket, recoveryCode: code.lowercased()
            ).json()
            let again = try await client.secondFactor(ticket: try await client.ticket().ticket, recoveryCode: code)
            #expect(again.code == "second_factor_rejected")
            let standing: SecondFactorDocument = try await client.get("second-factor", as: first.accessToken).json()
            #expect(standing.recoveryCodesLeft == 9)
            let used = try await portal.stores.audit.latest(100).first { $0.kind == .recoveryCodeUsed }
            #expect(used?.detail == "9 left")
        }
    }

    @Test("neither seed nor code nor ticket is in the log, the audit trail, or readable in the database")
    func nothingLeaks() async throws {
        let portal = try await TestPortal()
        let secrets = try await portal.test { client in
            let session = try await client.tokens()
            let seed: EnrolmentDocument = try await client.post(
                "second-factor/enrolment", #"{"password":"\#(TestPortal.adminPassword)"}"#,
                headers: client.bearer(session.accessToken)
            ).json()
            let app = Authenticator(secret: seed.secret)
            let codes: RecoveryCodesDocument = try await client.post(
                "second-factor/enrolment/confirm", #"{"code":"\#(app.code(at: portal.clock.now))"}"#,
                headers: client.bearer(session.accessToken)
            ).json()
            let ticket = try await client.ticket().ticket
            _ = try await client.secondFactor(ticket: ticket, code: app.wrongCode(at: portal.clock.now))
            return codes.recoveryCodes + [ticket, seed.secret]
        }
        let audit = try await portal.stores.audit.latest(100).map { "\($0)" }.joined()
        let rows = try await portal.database.read { transaction in
            var rows = try await transaction.query("SELECT sealed_seed FROM second_factors", [])
            rows += try await transaction.query("SELECT code_hash FROM recovery_codes", [])
            rows += try await transaction.query("SELECT ticket_hash FROM second_factor_tickets", [])
            return rows.map { "\($0.columns)" }.joined()
        }
        for secret in secrets {
            #expect(!portal.log.text.contains(secret))
            #expect(!audit.contains(secret))
            #expect(!rows.contains(secret))
        }
    }
}
