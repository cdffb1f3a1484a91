import HTTPTypes
import HummingbirdTesting
import Storage
import TestSupport
import Testing

@testable import Portal

/// Somebody wants their own account at a provider to open another's account here, or another's to be linked with theirs.
@Suite("Attacks on linking") struct LinkAttackTests {
    private static let cookie = "lockstep_customer_oidc"

    @Test("the attacker's answer in a victim's browser links nothing with the victim's account")
    func loginCSRF() async throws {
        try await LinkWorld.with { world in
            var (mallory, _) = try await world.person("mallory")
            var (ada, id) = try await world.person()
            let answer = try world.answer(to: await world.ask(&mallory))
            // The victim is about to link something, too.
            _ = try await world.ask(&ada)
            let response = try await world.callback(&ada, answer)
            #expect(response.status == .badRequest)
            #expect(try await world.identities(of: id).isEmpty)
            #expect(world.world.provider.requests(to: "/token").isEmpty)
        }
    }

    @Test("not even with the attacker's cookie planted beside the victim's session")
    func plantedCookie() async throws {
        try await LinkWorld.with { world in
            var (mallory, theirs) = try await world.person("mallory")
            var (ada, id) = try await world.person()
            let answer = try world.answer(to: await world.ask(&mallory))
            ada.plant(Self.cookie, try #require(mallory.jar[Self.cookie]))
            let response = try await world.callback(&ada, answer)
            #expect(response.status == .forbidden)
            #expect(response.text.contains("nothing was linked"))
            #expect(try await world.lastWord() == "session_changed")
            #expect(try await world.identities(of: id).isEmpty)
            // Nor with the attacker's: the state is spent, and the code was never sent.
            #expect(try await world.callback(&mallory, answer).status == .badRequest)
            #expect(try await world.identities(of: theirs).isEmpty)
            #expect(world.world.provider.requests(to: "/token").isEmpty)
        }
    }

    @Test("an answer to the attacker's login, planted with its cookie, links nothing with whoever is signed in")
    func loginIsNoLink() async throws {
        try await LinkWorld.with { world in
            var (ada, id) = try await world.person()
            var mallory = Browser(world.client, kind: .customer)
            let start = try await mallory.get("/auth/oidc/corp/start")
            let answer = try world.world.provider.consent(to: start.headers[.location] ?? "")
            ada.plant(Self.cookie, try #require(mallory.jar[Self.cookie]))
            _ = try await world.callback(&ada, answer)
            #expect(try await world.identities(of: id).isEmpty)
        }
    }

    @Test(
        "a session that ended meanwhile links nothing, and nobody is signed in by its answer", arguments: [true, false])
    func sessionEnded(opensAnAccount: Bool) async throws {
        try await LinkWorld.with { world in
            var (ada, id) = try await world.person()
            if opensAnAccount { _ = try await world.link(&ada) }
            let known = try await world.identities(of: id).count
            world.world.clock.advance(1)
            let answer = try world.answer(to: await world.ask(&ada))
            let token = try Browser.formToken(in: await ada.get("/account"))
            #expect(try await ada.post("/logout", ["form_token": token]).status == .seeOther)
            let response = try await world.callback(&ada, answer)
            #expect(response.status == .forbidden)
            #expect(response.headers[values: .setCookie].isEmpty)
            #expect(ada.sessionCookie == nil)
            #expect(try await world.lastWord() == "session_changed")
            #expect(try await world.identities(of: id).count == known)
        }
    }

    @Test("another session of the same person is not the one that asked")
    func otherSession() async throws {
        try await LinkWorld.with { world in
            var (ada, id) = try await world.person()
            let answer = try world.answer(to: await world.ask(&ada))
            var elsewhere = try await world.signedIn()
            elsewhere.plant(Self.cookie, try #require(ada.jar[Self.cookie]))
            #expect(try await world.callback(&elsewhere, answer).status == .forbidden)
            #expect(try await world.identities(of: id).isEmpty)
        }
    }

    @Test("somebody else who signs in at the same browser meanwhile is linked with nothing")
    func sharedBrowser() async throws {
        try await LinkWorld.with { world in
            var (browser, first) = try await world.person()
            let (_, second) = try await world.person("eve")
            let answer = try world.answer(to: await world.ask(&browser))
            let token = try Browser.formToken(in: await browser.get("/account"))
            _ = try await browser.post("/logout", ["form_token": token])
            _ = try await browser.signIn("eve@example.com", LinkWorld.password)
            #expect(try await world.callback(&browser, answer).status == .forbidden)
            for id in [first, second] { #expect(try await world.identities(of: id).isEmpty) }
        }
    }

    @Test("what opens somebody else's account is not taken from them")
    func taken() async throws {
        try await LinkWorld.with { world in
            var (ada, id) = try await world.person()
            _ = try await world.link(&ada)
            world.world.clock.advance(1)
            var (eve, theirs) = try await world.person("eve")
            let response = try await world.link(&eve)
            #expect(response.status == .forbidden)
            #expect(response.text.contains("opens another account here"))
            #expect(try await world.lastWord() == "identity_taken")
            #expect(try await world.identities(of: id).count == 1)
            #expect(try await world.identities(of: theirs).isEmpty)
        }
    }

    @Test("an answer that comes twice, or after ten minutes, links once at most")
    func replayed() async throws {
        try await LinkWorld.with { world in
            var (ada, id) = try await world.person()
            let answer = try world.answer(to: await world.ask(&ada))
            #expect(try await world.callback(&ada, answer).status == .seeOther)
            #expect(try await world.callback(&ada, answer).status == .badRequest)
            let late = try world.answer(to: await world.ask(&ada))
            world.world.clock.advance(600)
            #expect(try await world.callback(&ada, late).status == .badRequest)
            #expect(try await world.identities(of: id).count == 1)
        }
    }

    @Test("another site begins no link")
    func forged() async throws {
        try await LinkWorld.with { world in
            var (ada, _) = try await world.person()
            let site = HTTPField.Name("Sec-Fetch-Site") ?? .origin
            let token = try Browser.formToken(in: await ada.get("/account/identities/link/corp"))
            for (token, headers) in [
                ("forged", HTTPFields()), (token, HTTPFields([HTTPField(name: site, value: "cross-site")])),
            ] {
                let response = try await ada.post(
                    "/account/identities/link/corp", ["form_token": token, "password": LinkWorld.password],
                    headers: headers)
                #expect(response.status == .forbidden)
                #expect(!response.text.contains("/authorize?"))
            }
        }
    }

    @Test(
        "an open screen of somebody with neither password nor second factor links nothing once the sign-in is a while ago"
    )
    func openScreen() async throws {
        try await LinkWorld.with { world in
            var (ada, id) = try await world.person()
            try await world.portal.database.write {
                _ = try await $0.execute("UPDATE users SET password_hash = ''", [])
            }
            world.world.clock.advance(LoginService.freshness + 1)
            let form = try await ada.get("/account/identities/link/corp")
            let token = try Browser.formToken(in: form)
            // There is no second factor that a made-up code could be of.
            for code in ["", "123456"] {
                let page = try await ada.post(
                    "/account/identities/link/corp", ["form_token": token, "password": "", "code": code])
                #expect(page.status == .forbidden)
                #expect(page.text.contains("Sign out, sign in"))
                #expect(!page.text.contains("/authorize?"))
            }
            #expect(try await world.identities(of: id).isEmpty)
        }
    }

    @Test("who signed in just now by other means than a password links without one")
    func freshSession() async throws {
        try await LinkWorld.with { world in
            var (ada, id) = try await world.person()
            try await world.portal.database.write {
                _ = try await $0.execute("UPDATE users SET password_hash = ''", [])
            }
            _ = try await world.callback(&ada, world.answer(to: world.ask(&ada, "")))
            #expect(try await world.identities(of: id).count == 1)
        }
    }

    @Test("a domain that the provider may not speak for is not linked either")
    func domain() async throws {
        try await LinkWorld.with(extra: ["OIDC_CORP_ALLOWED_DOMAINS": "example.com"]) { world in
            var (ada, id) = try await world.person()
            #expect(try await world.link(&ada).status == .forbidden)
            #expect(try await world.lastWord() == "domain_not_allowed")
            #expect(try await world.identities(of: id).isEmpty)
        }
    }
}
