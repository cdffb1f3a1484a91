import HTTPTypes
import HummingbirdTesting
import Storage
import TestSupport
import Testing

@testable import Portal

@Suite("Accounts at providers, linked by hand") struct IdentityLinkTests {
    @Test("who gives their password once more links one; it opens the account from then on, and its owner is told")
    func linked() async throws {
        try await LinkWorld.with { world in
            var (ada, id) = try await world.person()
            let empty = try await ada.get("/account/identities")
            #expect(empty.text.contains("No account at a provider is linked"))
            let before = ada.sessionCookie
            let done = try await world.link(&ada)
            #expect(done.headers[.location] == "/account/identities?notice=identity_linked")
            // The session is the one that it was.
            #expect(ada.sessionCookie == before)
            let page = try await ada.get("/account/identities?notice=identity_linked")
            #expect(page.text.contains("countess@corp.example"))
            #expect(page.text.contains("It is linked"))
            let letters = try await world.portal.delivered()
            #expect(letters.map(\.subject) == ["Another way into your account"])
            #expect(letters.map(\.to.email.text) == ["ada@example.com"])
            let event = try await world.portal.stores.audit.latest(20).first { $0.kind == .identityLinked }
            #expect(event?.actor == id)
            #expect(event?.detail == "corp: subject ada-at-corp, by hand")
            world.world.clock.advance(1)
            let tokens: TokensDocument = try await world.world.verify(
                world.client, world.world.provider.idToken()
            ).json()
            #expect(tokens.user.id == id)
        }
    }

    @Test("linked twice is linked once")
    func twice() async throws {
        try await LinkWorld.with { world in
            var (ada, id) = try await world.person()
            _ = try await world.link(&ada)
            world.world.clock.advance(1)
            let again = try await world.link(&ada)
            #expect(again.headers[.location] == "/account/identities?notice=identity_known")
            #expect(try await world.identities(of: id).count == 1)
        }
    }

    @Test("without the password, or with a wrong one, nobody is sent anywhere", arguments: ["", "not this password"])
    func wrongPassword(password: String) async throws {
        try await LinkWorld.with { world in
            var (ada, _) = try await world.person()
            let page = try await world.ask(&ada, password)
            #expect(page.status == .unauthorized)
            #expect(page.text.contains("The password is wrong."))
            #expect(!page.text.contains("/authorize?"))
            #expect(try await world.portal.audited(.identityChangeRefused) == 1)
            #expect(try await flows(world) == 0)
        }
    }

    @Test("who has a second factor gives a code of it too")
    func secondFactor() async throws {
        try await LinkWorld.with { world in
            let (_, id) = try await world.person()
            var ada = try await world.signedIn()
            let enrolled = try await world.client.enrol(world.portal, "ada@example.com", LinkWorld.password)
            let without = try await world.ask(&ada)
            #expect(without.status == .unauthorized)
            #expect(without.text.contains("name=\"code\""))
            let page = try await ada.post(
                "/account/identities/link/corp",
                [
                    "form_token": try Browser.formToken(in: without), "password": LinkWorld.password,
                    "code": enrolled.app.code(at: world.world.clock.now),
                ])
            #expect(page.status == .ok)
            _ = try await world.callback(&ada, world.answer(to: page))
            #expect(try await world.identities(of: id).count == 1)
        }
    }

    @Test("an account whose address nobody confirmed is linked with nothing: its owner may be yet to come")
    func unverified() async throws {
        try await LinkWorld.with { world in
            var (mallory, id) = try await world.person(isVerified: false)
            let list = try await mallory.get("/account/identities")
            #expect(list.text.contains("was never confirmed"))
            #expect(!list.text.contains("/account/identities/link/corp"))
            let page = try await world.ask(&mallory)
            #expect(page.status == .forbidden)
            #expect(!page.text.contains("/authorize?"))
            #expect(try await world.identities(of: id).isEmpty)
            #expect(try await flows(world) == 0)
        }
    }

    @Test("twenty are enough")
    func tooMany() async throws {
        try await LinkWorld.with { world in
            var (ada, id) = try await world.person()
            try await world.portal.database.write { [id] transaction in
                for number in 0..<20 {
                    try await IdentityRows.insert(
                        LinkedIdentity(
                            id: "i\(number)", issuer: "https://other", subject: "s\(number)", userID: id, email: "",
                            createdAt: 0, lastUsedAt: 0), transaction)
                }
            }
            #expect(try await world.link(&ada).status == .forbidden)
            #expect(try await world.lastWord() == "identities_too_many")
        }
    }

    @Test("unlinked with the password alone; it opens nothing then, and its owner is told")
    func unlinked() async throws {
        try await LinkWorld.with { world in
            var (ada, id) = try await world.person()
            _ = try await world.link(&ada)
            _ = try await world.portal.delivered()
            let path = "/account/identities/unlink/\(try #require(try await world.identities(of: id).first).id)"
            let page = try await ada.get(path)
            #expect(page.text.contains("countess@corp.example"))
            let token = try Browser.formToken(in: page)
            let forged = try await ada.post(path, ["form_token": "x", "password": LinkWorld.password])
            #expect(forged.status == .forbidden)
            let wrong = try await ada.post(path, ["form_token": token, "password": "not this password"])
            #expect(wrong.status == .unauthorized)
            #expect(try await world.identities(of: id).count == 1)
            let done = try await ada.post(path, ["form_token": token, "password": LinkWorld.password])
            #expect(done.headers[.location] == "/account/identities?notice=identity_removed")
            #expect(try await world.identities(of: id).isEmpty)
            #expect(try await world.portal.delivered().map(\.subject) == ["A way into your account is gone"])
            #expect(try await world.portal.audited(.identityRemoved) == 1)
        }
    }

    @Test("the last way in stays")
    func lastWayIn() async throws {
        try await LinkWorld.with { world in
            var (ada, id) = try await world.person()
            _ = try await world.link(&ada)
            let identity = try #require(try await world.identities(of: id).first)
            try await world.portal.database.write {
                _ = try await $0.execute("UPDATE users SET password_hash = ''", [])
            }
            let path = "/account/identities/unlink/\(identity.id)"
            let page = try await ada.get(path)
            #expect(!page.text.contains("name=\"password\""))
            let refused = try await ada.post(path, ["form_token": try Browser.formToken(in: page)])
            #expect(refused.status == .conflict)
            #expect(refused.text.contains("the only way into your account"))
            #expect(try await world.identities(of: id).count == 1)
        }
    }

    @Test("what a provider called somebody is shown as text alone; another's link is not found")
    func othersAndMarkup() async throws {
        try await LinkWorld.with { world in
            var (ada, id) = try await world.person()
            try await world.portal.database.write { [id] transaction in
                try await IdentityRows.insert(
                    LinkedIdentity(
                        id: "i", issuer: "<script>1</script>", subject: "s", userID: id,
                        email: #""><script>alert(1)</script>"#, createdAt: 0, lastUsedAt: 0), transaction)
            }
            for path in ["/account/identities", "/account/identities/unlink/i"] {
                let page = try await ada.get(path)
                #expect(page.status == .ok)
                #expect(!page.text.contains("<script>"))
                #expect(page.text.contains("&lt;script&gt;alert(1)"))
            }
            var (eve, _) = try await world.person("eve")
            #expect(try await eve.get("/account/identities/unlink/i").status == .notFound)
            let token = try Browser.formToken(in: await eve.get("/account/identities"))
            let theft = try await eve.post(
                "/account/identities/unlink/i", ["form_token": token, "password": LinkWorld.password])
            #expect(theft.status == .notFound)
            #expect(try await world.identities(of: id).count == 1)
        }
    }

    private func flows(_ world: LinkWorld) async throws -> Int64? {
        try await world.portal.database.read {
            try await $0.query("SELECT COUNT(*) AS flows FROM oidc_flows", []).first?.integer("flows")
        }
    }
}
