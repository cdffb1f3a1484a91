import HTTPTypes
import HummingbirdTesting
import Storage
import TestSupport
import Testing

@testable import Portal

/// For somebody whose phone and paper are gone.
@Suite("An administrator's reset of a second factor") struct SecondFactorResetTests {
    private static let password = "a perfectly good password"

    /// A portal with an administrator who is signed in, and Ada with a second factor.
    private func world(
        roles: String = "viewer",
        _ body: @Sendable (TestPortal, Client, _ ada: String, _ root: String) async throws -> Void
    ) async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let root = try await client.tokens().accessToken
            _ = try await client.post(
                "invitations", #"{"email":"ada@example.com","roles":["\#(roles)"]}"#, headers: client.bearer(root))
            _ = try await client.post(
                "invitations/accept",
                #"{"token":"\#(try await portal.mailedToken())","name":"Ada","password":"\#(Self.password)"}"#)
            let ada = try await client.enrol(portal, "ada@example.com", Self.password).session.user.id
            _ = try await portal.delivered()
            try await body(portal, client, ada, root)
        }
    }

    private func askReset(
        _ client: Client, _ id: String, _ body: String = #"{"version":0,"reason":"phone lost, called back"}"#,
        as token: String
    ) async throws -> TestResponse {
        try await client.post("users/\(id)/reset-second-factor", body, headers: client.bearer(token))
    }

    @Test("makes the password enough, tells the owner, and keeps the reason in the audit trail")
    func reset() async throws {
        try await world { portal, client, ada, root in
            #expect(try await client.login("ada@example.com", Self.password).code == "second_factor_required")
            let before: PersonDocument = try await client.get("users/\(ada)", as: root).json()
            #expect(before.secondFactorAt != nil)
            let done = try await askReset(client, ada, as: root)
            #expect(done.status == .ok)
            #expect(try done.json(PersonDocument.self).secondFactorAt == nil)
            #expect(try await client.login("ada@example.com", Self.password).status == .ok)
            let letters = try await portal.delivered()
            #expect(letters.map(\.subject) == ["Your second factor was reset"])
            #expect(letters.map(\.to.email.text) == ["ada@example.com"])
            let event = try await portal.stores.audit.latest(20).first { $0.kind == .secondFactorReset }
            #expect(event?.detail == "phone lost, called back")
            #expect(event?.subject == ada)
            // There is none any more.
            #expect(try await askReset(client, ada, as: root).code == "conflict")
            #expect(try await portal.audited(.secondFactorReset) == 1)
        }
    }

    @Test(
        "needs a reason, and the version that was seen",
        arguments: [
            (#"{"version":0}"#, "invalid_input"), (#"{"version":0,"reason":" "}"#, "invalid_input"),
            (#"{"version":0,"reason":"a\nb"}"#, "invalid_input"), (#"{"version":7,"reason":"x"}"#, "conflict"),
        ])
    func refused(body: String, code: String) async throws {
        try await world { portal, client, ada, root in
            let answer = try await askReset(client, ada, body, as: root)
            #expect(answer.code == code)
            #expect(try await client.login("ada@example.com", Self.password).code == "second_factor_required")
            #expect(try await portal.audited(.secondFactorReset) == 0)
        }
    }

    @Test("is nothing for a helpdesk agent, a viewer or oneself", arguments: ["helpdesk_agent", "viewer", "self"])
    func notTheirs(role: String) async throws {
        try await world { portal, client, ada, root in
            if role != "self" {
                try await portal.database.write {
                    _ = try await $0.execute(
                        "UPDATE users SET roles = ? WHERE email = ?", [.text(role), .text(TestPortal.adminEmail)])
                }
            }
            let target = role == "self" ? try await client.tokens().user.id : ada
            #expect(try await askReset(client, target, as: root).code == "forbidden")
            #expect(try await client.login("ada@example.com", Self.password).code == "second_factor_required")
            #expect(try await portal.audited(.peopleRefused) == 1)
            #expect(try await portal.delivered().isEmpty)
        }
    }

    @Test("by pages: asked for with a reason, told what is missing, and not offered where there is none")
    func pages() async throws {
        try await world { portal, client, ada, _ in
            var browser = Browser(client)
            _ = try await browser.signIn()
            let person = try await browser.get("/people/\(ada)")
            #expect(person.text.contains("/people/\(ada)/reset-second-factor"))
            let page = try await browser.get("/people/\(ada)/reset-second-factor")
            #expect(page.status == .ok)
            let token = try Browser.formToken(in: page)
            let path = "/people/\(ada)/reset-second-factor"
            let forged = try await browser.post(path, ["form_token": "x", "version": "0", "reason": "x"])
            #expect(forged.status == .forbidden)
            let empty = try await browser.post(path, ["form_token": token, "version": "0", "reason": ""])
            #expect(empty.status == .unprocessableContent)
            #expect(empty.text.contains("must be 1 to 200 characters"))
            let late = try await browser.post(
                path, ["form_token": token, "version": "9", "reason": "\"><script>x</script>"])
            #expect(late.status == .conflict)
            #expect(late.text.contains("Somebody changed the account meanwhile."))
            // What was typed is kept, as text.
            #expect(late.text.contains("&lt;script&gt;"))
            #expect(try await client.login("ada@example.com", Self.password).code == "second_factor_required")
            let done = try await browser.post(
                path, ["form_token": token, "version": "0", "reason": "phone lost, called back"])
            #expect(done.headers[.location] == "/people/\(ada)?notice=person_reset_second_factor")
            let after = try await browser.get("/people/\(ada)")
            #expect(!after.text.contains("reset-second-factor"))
            #expect(try await client.login("ada@example.com", Self.password).status == .ok)
            #expect(try await browser.get("/people/nobody/reset-second-factor").status == .notFound)
        }
    }
}
