import HTTPTypes
import HummingbirdTesting
import ServiceKit
import Storage
import TestSupport
import Testing

@testable import Portal

@Suite("Roles that must have a second factor") struct RequiredSecondFactorTests {
    private static let required = ["SECOND_FACTOR_REQUIRED_ROLES": "super_admin,admin"]

    @Test("who has none gets a ticket that enrols, and with its first code a session and recovery codes")
    func enrolsOnTheWay() async throws {
        let portal = try await TestPortal(extra: Self.required)
        try await portal.test { client in
            let problem = try await client.ticket()
            #expect(problem.code == "second_factor_required")
            #expect(problem.enrolmentNeeded)
            let early = try await client.secondFactor(ticket: problem.ticket, code: "123456")
            #expect(early.code == "second_factor_rejected")
            let seed: EnrolmentDocument = try await client.post(
                "second-factor/ticket/enrolment", #"{"ticket":"\#(problem.ticket)"}"#
            ).json()
            let app = Authenticator(secret: seed.secret)
            let tokens: TokensDocument = try await client.secondFactor(
                ticket: problem.ticket, code: app.code(at: portal.clock.now)
            ).json()
            #expect(tokens.recoveryCodes?.count == 10)
            #expect(try await client.get("me", as: tokens.accessToken).status == .ok)
            portal.clock.advance(30)
            #expect(try await client.ticket().enrolmentNeeded == false)
            // What must be there can't be turned off.
            var headers = client.bearer(tokens.accessToken)
            headers[.contentType] = "application/json"
            let code = app.code(at: portal.clock.now)
            let off = try await client.send(
                .delete, Client.auth + "second-factor", headers: headers,
                body: #"{"password":"\#(TestPortal.adminPassword)","code":"\#(code)"}"#)
            #expect(off.code == "forbidden")
        }
    }

    @Test("a ticket that asks for a code begins no enrolment")
    func otherTicket() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            _ = try await client.enrol(portal)
            let ticket = try await client.ticket().ticket
            let answer = try await client.post("second-factor/ticket/enrolment", #"{"ticket":"\#(ticket)"}"#)
            #expect(answer.code == "second_factor_rejected")
        }
    }

    @Test("sessions from before it was a duty open nothing until there is one")
    func formerSessions() async throws {
        let before = try await TestPortal()
        let tokens = try await before.test { try await $0.tokens() }
        let after = try await TestPortal(extra: Self.required, database: before.database, clock: before.clock)
        try await after.test { client in
            for answer in [
                try await client.get("me", as: tokens.accessToken), try await client.refresh(tokens.refreshToken),
            ] {
                #expect(answer.code == "session_ended")
            }
        }
        // The refusals spent nothing.
        let refreshed = try await before.test { try await $0.refresh(tokens.refreshToken) }
        #expect(refreshed.status == .ok)
    }

    @Test("who has a ticket can't have seeds made without end")
    func limited() async throws {
        let portal = try await TestPortal(
            extra: Self.required.merging(["LOGIN_ADDRESS_LIMIT_PER_MINUTE": "3"]) { $1 })
        try await portal.test { client in
            let body = #"{"ticket":"\#(try await client.ticket().ticket)"}"#
            for _ in 0..<3 {
                #expect(try await client.post("second-factor/ticket/enrolment", body).status == .ok)
            }
            let more = try await client.post("second-factor/ticket/enrolment", body)
            #expect(more.code == "rate_limited")
            #expect(more.headers[.retryAfter] != nil)
        }
    }

    @Test("other roles are not asked")
    func otherRoles() async throws {
        let portal = try await TestPortal(extra: ["SECOND_FACTOR_REQUIRED_ROLES": "helpdesk_agent"])
        let answer = try await portal.test { try await $0.login() }
        #expect(answer.status == .ok)
    }

    @Test("a role that is none is a fault of the settings", arguments: ["superadmin", "admin;viewer"])
    func unknownRole(_ roles: String) {
        let reader = SettingsReader(
            variables: ["DATABASE_URL": "sqlite:///data/p.sqlite", "SECOND_FACTOR_REQUIRED_ROLES": roles])
        _ = PortalSettings(reader: reader)
        #expect(throws: SettingsError.self) { try reader.finish() }
    }
}
