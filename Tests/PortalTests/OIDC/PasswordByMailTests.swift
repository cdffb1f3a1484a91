import HTTPTypes
import HummingbirdTesting
import Storage
import TestSupport
import Testing

@testable import Portal

/// Somebody had the password, and its owner sets a new one by a mailed link: what is left of the thief's ways in.
@Suite("What a password that is set by mail ends") struct PasswordByMailTests {
    private static let new = "a much better password"

    /// By the pages. The letters of before are out.
    private func reset(_ world: LinkWorld, _ email: String = "ada@example.com") async throws -> TestResponse {
        _ = try await world.portal.delivered()
        var owner = Browser(world.client, kind: .customer)
        let form = try Browser.formToken(in: await owner.get("/forgot"))
        _ = try await owner.post("/forgot", ["form_token": form, "email": email])
        let token = try await world.portal.mailedToken()
        let page = try Browser.formToken(in: await owner.get("/reset?token=\(token)"))
        return try await owner.post("/reset", ["form_token": page, "token": token, "password": Self.new])
    }

    private func opened(_ world: LinkWorld) async throws -> String? {
        world.world.clock.advance(1)
        let answer = try await world.world.verify(world.client, world.world.provider.idToken())
        return answer.status == .ok ? try answer.json(TokensDocument.self).user.id : nil
    }

    @Test("an account that the thief linked opens it no more; its owner is told which, by page, mail and trail")
    func linkedByHand() async throws {
        try await LinkWorld.with { world in
            // With the stolen password.
            var (thief, id) = try await world.person()
            _ = try await world.link(&thief)
            // At a lax provider: whatever it says of its address is not believed, and does not matter once it is linked.
            world.world.provider.change { $0.profile["email_verified"] = false }
            #expect(try await opened(world) == id)
            let done = try await reset(world)
            #expect(done.headers[.location] == "/login?notice=password_set_unlinked")
            var owner = Browser(world.client, kind: .customer)
            #expect(try await owner.get("/login?notice=password_set_unlinked").text.contains("link yours again"))
            #expect(try await opened(world) == nil)
            #expect(try await world.world.lastWord == "email_unverified")
            #expect(try await world.identities(of: id).isEmpty)
            let letter = try #require(try await world.portal.delivered().first)
            #expect(letter.to.email.text == "ada@example.com")
            #expect(letter.subject == "Your password was changed")
            #expect(letter.text.contains("Corp (countess@corp.example)"))
            let events = try await world.portal.stores.audit.latest(20).filter { $0.kind == .identityRemoved }
            #expect(events.map(\.actor) == [id])
            #expect(events.first?.detail.hasPrefix("password set by mail; http") == true)
            #expect(events.first?.detail.hasSuffix(": subject ada-at-corp") == true)
            #expect(try await world.client.login("ada@example.com", Self.new).status == .ok)
        }
    }

    @Test("each that was linked by hand has its own line in the trail")
    func several() async throws {
        try await LinkWorld.with { world in
            var (thief, id) = try await world.person()
            _ = try await world.link(&thief)
            for subject in ["one", "two"] {
                try await world.portal.database.write { [id] in
                    try await IdentityRows.insert(
                        LinkedIdentity(
                            id: subject, issuer: "https://gone.example", subject: subject, userID: id, email: "",
                            createdAt: 0, lastUsedAt: 0), $0)
                }
            }
            _ = try await reset(world)
            #expect(try await world.identities(of: id).isEmpty)
            #expect(try await world.portal.audited(.identityRemoved) == 3)
            #expect(try await world.portal.delivered().first?.text.contains("https://gone.example") == true)
        }
    }

    @Test("what the account's verified address joined stays, whatever the provider calls it by now")
    func joined() async throws {
        try await LinkWorld.with { world in
            let (_, id) = try await world.person()
            world.world.provider.change { $0.profile["email"] = "ada@example.com" }
            #expect(try await opened(world) == id)
            world.world.provider.change { $0.profile["email"] = "countess@corp.example" }
            #expect(try await opened(world) == id)
            let done = try await reset(world)
            #expect(done.headers[.location] == "/login?notice=password_set")
            #expect(try await opened(world) == id)
            #expect(try await world.portal.audited(.identityRemoved) == 0)
            #expect(try await world.portal.delivered().first?.text.contains("countess") == false)
        }
    }

    @Test("so does the one that an account came into being with")
    func cameWith() async throws {
        try await LinkWorld.with { world in
            let id = try #require(try await opened(world))
            _ = try await reset(world, "countess@corp.example")
            #expect(try await opened(world) == id)
        }
    }

    @Test("what another address joined, which the thief had given the account for a while, goes")
    func joinedByAnotherAddress() async throws {
        try await LinkWorld.with { world in
            let (_, id) = try await world.person()
            try await address(of: id, "countess@corp.example", world)
            #expect(try await opened(world) == id)
            try await address(of: id, "ada@example.com", world)
            _ = try await reset(world)
            #expect(try await opened(world) != id)
            #expect(try await world.portal.audited(.identityRemoved) == 1)
        }
    }

    @Test("a link that the thief had begun comes to nothing")
    func begun() async throws {
        try await LinkWorld.with { world in
            var (thief, id) = try await world.person()
            let answer = try world.answer(to: await world.ask(&thief))
            _ = try await reset(world)
            _ = try await world.callback(&thief, answer)
            #expect(try await world.identities(of: id).isEmpty)
            #expect(try await world.lastWord() == "session_changed")
        }
    }

    @Test("a sign-in with the old password that waits for a second factor, or to set one up, is over")
    func waiting() async throws {
        let portal = try await TestPortal(extra: ["SECOND_FACTOR_REQUIRED_ROLES": "super_admin"])
        try await portal.test { client in
            let ticket = try await client.ticket().ticket
            let begun = try await client.post("second-factor/ticket/enrolment", #"{"ticket":"\#(ticket)"}"#)
            let app = Authenticator(secret: try begun.json(EnrolmentDocument.self).secret)
            _ = try await client.post("password/forgot", #"{"email":"\#(TestPortal.adminEmail)"}"#)
            let token = try await portal.mailedToken()
            let done = try await client.post("password/reset", #"{"token":"\#(token)","password":"\#(Self.new)"}"#)
            #expect(done.status == .noContent)
            let late = try await client.secondFactor(ticket: ticket, code: app.code(at: portal.clock.now))
            #expect(late.status == .unauthorized)
            #expect(try await portal.audited(.secondFactorEnrolled) == 0)
        }
    }

    private func address(of id: String, _ email: String, _ world: LinkWorld) async throws {
        let email = try #require(EmailAddress(email))
        try await world.portal.database.write { try await UserRows.setEmail(id: id, email, now: 1, $0) }
    }
}
