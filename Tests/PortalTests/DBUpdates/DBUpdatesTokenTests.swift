import Contracts
import Foundation
import HTTPTypes
import HummingbirdTesting
import Secrets
import ServiceKit
import Storage
import TestSupport
import Testing
import Tokens

@testable import Portal

@Suite("Tokens for DB updates") struct DBUpdatesTokenTests {
    private static let on = ["ENABLE_DB_UPDATES": "true"]
    private static let right = #"{"password":"\#(TestPortal.adminPassword)"}"#

    private func ask(
        _ client: Client, as token: String?, _ body: String = right
    ) async throws -> TestResponse {
        try await client.post("db-updates-token", body, headers: token.map(client.bearer) ?? [:])
    }

    /// Of one second there may be several, in no order.
    private func audited(_ portal: TestPortal, _ kind: AuditEvent.Kind) async throws -> AuditEvent? {
        try await portal.stores.audit.latest(100).first { $0.kind == kind }
    }

    private func identity(_ portal: TestPortal, _ token: String) throws -> Identity {
        try TokenVerifier(ring: portal.ring, policy: VerificationPolicy()).verify(token, now: portal.clock.now)
    }

    @Test("an administrator who gives the password again gets a short token of the same session, with one scope")
    func issued() async throws {
        let portal = try await TestPortal(extra: Self.on)
        try await portal.test { client in
            let session = try await client.tokens()
            let answer = try await ask(client, as: session.accessToken)
            #expect(answer.status == .ok, "\(answer.text)")
            #expect(answer.headers[.cacheControl] == "no-store")
            #expect(!answer.text.contains("refresh"))
            let document: DBUpdatesRoute.Document = try answer.json()
            #expect(document.expiresIn == 300)
            #expect(document.scope == "db_updates")
            let (own, scoped) = (
                try identity(portal, session.accessToken), try identity(portal, document.accessToken)
            )
            #expect(scoped.scope == "db_updates")
            #expect(own.scope == nil)
            #expect(scoped.expiresAt == portal.clock.now + 300)
            #expect(scoped.tokenID != own.tokenID)
            #expect(scoped.subject == own.subject)
            #expect(scoped.sessionID == own.sessionID)
            #expect(scoped.roles == own.roles)
            let audited = try await audited(portal, .dbUpdatesIssued)
            #expect(audited?.outcome == .success)
            #expect(audited?.detail.contains(scoped.tokenID ?? "-") == true)
        }
    }

    @Test("it opens no other such token, and is no refresh token")
    func notRenewable() async throws {
        let portal = try await TestPortal(extra: Self.on)
        try await portal.test { client in
            let session = try await client.tokens()
            let document: DBUpdatesRoute.Document = try await ask(client, as: session.accessToken).json()
            let again = try await ask(client, as: document.accessToken)
            #expect(again.code == "forbidden")
            #expect(try await audited(portal, .dbUpdatesRefused)?.detail == "asked with a scoped token")
            #expect(try await client.refresh(document.accessToken).code == "invalid_refresh_token")
            // What the session is refreshed to has no scope either.
            let renewed: TokensDocument = try await client.refresh(session.refreshToken).json()
            #expect(try identity(portal, renewed.accessToken).scope == nil)
        }
    }

    @Test("without a token, with a wrong password, with none: nothing, and it is told in the audit trail")
    func refused() async throws {
        let portal = try await TestPortal(extra: Self.on)
        try await portal.test { client in
            let token = try await client.tokens().accessToken
            #expect(try await ask(client, as: nil).code == "missing_token")
            let wrong = try await ask(client, as: token, #"{"password":"not it at all"}"#)
            #expect(wrong.code == "invalid_credentials")
            let audited = try await audited(portal, .dbUpdatesRefused)
            #expect(audited?.detail == "wrong password")
            #expect(audited?.outcome == .failure)
            // Who has a password can't leave it out.
            #expect(try await ask(client, as: token, "{}").code == "invalid_credentials")
            #expect(try await ask(client, as: token, #"{"password":7}"#).status.code / 100 == 4)
            let long = String(repeating: "x", count: Password.maximumBytes + 1)
            #expect(try await ask(client, as: token, #"{"password":"\#(long)"}"#).code == "invalid_input")
        }
        #expect(try await portal.audited(.dbUpdatesIssued) == 0)
    }

    @Test("an ended session gets none, though its token has not expired")
    func ended() async throws {
        try await TestPortal(extra: Self.on).test { client in
            let token = try await client.tokens().accessToken
            #expect(
                try await client.send(.post, Client.auth + "logout", headers: client.bearer(token)).status
                    == .noContent)
            #expect(try await ask(client, as: token).code == "session_ended")
        }
    }

    @Test("roles count as they are now, not as the token says", arguments: ["operator", "viewer", "admin_of_nothing"])
    func roles(_ role: String) async throws {
        let portal = try await TestPortal(extra: Self.on)
        try await portal.test { client in
            let token = try await client.tokens().accessToken
            try await portal.database.write {
                _ = try await $0.execute("UPDATE users SET roles = ?", [.text(role)])
            }
            #expect(try await ask(client, as: token).code == "forbidden")
            #expect(try await audited(portal, .dbUpdatesRefused)?.detail == "no administrator")
            try await portal.database.write {
                _ = try await $0.execute("UPDATE users SET roles = ?", [.text("admin")])
            }
            #expect(try await ask(client, as: token).status == .ok)
        }
    }

    @Test("wrong passwords count like those at the login: here and there together, five bring the rest")
    func lockout() async throws {
        let portal = try await TestPortal(extra: Self.on)
        try await portal.test { client in
            let token = try await client.tokens().accessToken
            for _ in 0..<3 {
                #expect(try await ask(client, as: token, #"{"password":"guess"}"#).status == .unauthorized)
            }
            for _ in 0..<2 { #expect(try await client.login(TestPortal.adminEmail, "guess").status == .unauthorized) }
            for answer in [try await ask(client, as: token), try await client.login()] {
                #expect(answer.status == .tooManyRequests)
                #expect(answer.headers[.retryAfter] == "30")
            }
            portal.clock.advance(60)
            #expect(try await ask(client, as: token).status == .ok)
            // A right one forgives, as at the login.
            for _ in 0..<4 { #expect(try await client.login(TestPortal.adminEmail, "guess").status == .unauthorized) }
            #expect(try await client.login().status == .ok)
        }
        #expect(try await portal.audited(.loginLocked) == 1)
    }

    @Test("ten a minute, right ones too")
    func rate() async throws {
        let portal = try await TestPortal(extra: Self.on)
        try await portal.test { client in
            let token = try await client.tokens().accessToken
            for _ in 0..<10 { #expect(try await ask(client, as: token).status == .ok) }
            let more = try await ask(client, as: token)
            #expect(more.code == "rate_limited")
            #expect(more.headers[.retryAfter] != nil)
            portal.clock.advance(60)
            #expect(try await ask(client, as: token).status == .ok)
        }
    }

    @Test("there is no such route unless it is switched on, and never at a customer portal")
    func switchedOff() async throws {
        for extra in [[:], ["ENABLE_DB_UPDATES": "false"]] {
            try await TestPortal(extra: extra).test { client in
                let token = try await client.tokens().accessToken
                #expect(try await ask(client, as: token).status == .notFound)
            }
        }
        try await TestPortal(.customer, extra: Self.on).test { client in
            _ = try await client.register("ada@example.com")
            let session = try await client.tokens("ada@example.com", TestPortal.customerPassword)
            let answer = try await ask(
                client, as: session.accessToken, #"{"password":"\#(TestPortal.customerPassword)"}"#)
            #expect(answer.status == .notFound)
        }
    }

    static let settings: [(DeploymentEnvironment, [String: String], Int64?)] = [
        (.development, [:], nil), (.development, ["ENABLE_DB_UPDATES": "true"], 300),
        (.test, ["ENABLE_DB_UPDATES": "true", "DB_UPDATES_TOKEN_SECONDS": "60"], 60),
        (.staging, ["ENABLE_DB_UPDATES": "true"], nil), (.production, ["ENABLE_DB_UPDATES": "true"], nil),
        (.development, ["ENABLE_DB_UPDATES": "true", "PORTAL_KIND": "customer"], nil),
    ]

    @Test("development and test alone, and only where they are asked for", arguments: settings)
    func environments(
        _ environment: DeploymentEnvironment, _ variables: [String: String], _ lifetime: Int64?
    ) throws {
        let least = [
            "DATABASE_URL": "sqlite:///data/p.sqlite", "PLANT_BACKEND_URL": "http://plant.example",
            "PORTAL_DATA_KEY": "01234567890123456789012345678901",
        ]
        let reader = SettingsReader(variables: least.merging(variables) { $1 })
        var settings = PortalSettings(reader: reader)
        settings.settle(environment: environment, reader: reader)
        try reader.finish()
        #expect(settings.dbUpdatesLifetime == lifetime)
    }

    @Test("a lifetime out of bounds is a fault", arguments: ["59", "901", "long"])
    func badLifetime(_ seconds: String) {
        let reader = SettingsReader(
            variables: ["DATABASE_URL": "sqlite:///data/p.sqlite", "DB_UPDATES_TOKEN_SECONDS": seconds])
        _ = PortalSettings(reader: reader)
        #expect(throws: SettingsError.self) { try reader.finish() }
    }

    @Test("it lives no longer than an ordinary access token: rotations wait for those")
    func shorter() async throws {
        try await TestPortal(extra: Self.on.merging(["ACCESS_TOKEN_EXPIRE_MINUTES": "2"]) { $1 }).test { client in
            let document: DBUpdatesRoute.Document =
                try await ask(client, as: try await client.tokens().accessToken).json()
            #expect(document.expiresIn == 120)
        }
    }
}
