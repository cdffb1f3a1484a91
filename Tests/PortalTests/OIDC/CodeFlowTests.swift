import Foundation
import HTTPTypes
import HummingbirdTesting
import Secrets
import Storage
import TestSupport
import Testing

@testable import Portal

@Suite struct CodeFlowTests {
    @Test(
        "who signs in at the provider is signed in here, and goes where they wanted to", arguments: PortalKind.allCases)
    func signsIn(kind: PortalKind) async throws {
        let extra =
            kind == .platform
            ? ["OIDC_CORP_ROLES": "viewer", "OIDC_CORP_ALLOWED_DOMAINS": "example.com"] : [:]
        try await OIDCWorld.with(kind, extra: extra) { world, client in
            let browser = FlowBrowser(world, client)
            let answer = try await browser.signIn("/sessions?page=2")
            #expect(answer.status == .seeOther)
            #expect(answer.headers[.location] == "/sessions?page=2")
            #expect(browser.session?.hasPrefix("lsw_") == true)
            let home = try await browser.get("/")
            #expect(home.status == .ok)
            #expect(home.text.contains("ada@example.com"))
            #expect(try await world.portal.audited(.identityLinked) == 1)
            #expect(try await world.portal.audited(.registered) == 1)
        }
    }

    @Test("the request has all that RFC 9700 wants of it")
    func request() async throws {
        try await OIDCWorld.with { world, client in
            let browser = FlowBrowser(world, client)
            let response = try await browser.get("/auth/oidc/corp/start")
            let location = try #require(response.headers[.location])
            let parameters = TestProvider.parameters(of: location)
            #expect(parameters["response_type"] == "code")
            #expect(parameters["client_id"] == TestProvider.clientID)
            #expect(parameters["redirect_uri"] == "https://portal.example.com/auth/oidc/corp/callback")
            #expect(parameters["scope"] == "openid email profile")
            #expect(parameters["code_challenge_method"] == "S256")
            #expect(parameters["code_challenge"]?.count == 43)
            #expect(parameters["nonce"]?.count == 43)
            #expect(parameters["state"]?.count == 47)
            #expect(!location.contains(TestProvider.clientSecret.prefix(7)))
            #expect(response.headers[.cacheControl] == "no-store")
            let cookie = try #require(response.headers[.setCookie])
            for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"] {
                #expect(cookie.contains(attribute))
            }
            // What the database holds of it finishes nobody's login.
            let rows = try await world.portal.database.read {
                try await $0.query("SELECT state_hash, browser_hash, sealed FROM oidc_flows ORDER BY state_hash", [])
            }
            let kept = try rows.map { try $0.text("state_hash") + $0.text("browser_hash") + $0.text("sealed") }.joined()
            for secret in [parameters["state"], parameters["nonce"], browser.jar.values.first] {
                let secret = try #require(secret)
                #expect(!kept.contains(secret))
            }
        }
    }

    @Test("each signature that a provider may use is understood", arguments: [KeyAlgorithm.es256, .rs256, .eddsa])
    func algorithms(algorithm: KeyAlgorithm) async throws {
        try await OIDCWorld.with(key: algorithm) { world, client in
            let browser = FlowBrowser(world, client)
            let first = try await browser.signIn()
            #expect(first.status == .seeOther)
        }
    }

    @Test("keys and tokens without kid, and RSA keys without alg")
    func nameless() async throws {
        try await OIDCWorld.with(key: .rs256) { world, client in
            let others = [TestProvider.key(.es256), TestProvider.fresh(.rs256)]
            world.provider.change { behaviour in
                behaviour.namesKeys = false
                behaviour.published = others + behaviour.keys
                behaviour.keySet = { set in
                    set["keys"] = (set["keys"] as? [[String: String]])?.map { $0.filter { $0.key != "alg" } }
                }
            }
            let browser = FlowBrowser(world, client)
            let first = try await browser.signIn()
            #expect(first.status == .seeOther)
        }
    }

    @Test(
        "a provider that tells addresses at its userinfo endpoint alone", arguments: ["ada-at-corp", "somebody-else"])
    func userInfo(subject: String) async throws {
        try await OIDCWorld.with { world, client in
            world.provider.change { behaviour in
                behaviour.profile = ["sub": "ada-at-corp"]
                behaviour.userInfo = ["sub": subject, "email": "ada@example.com", "email_verified": true]
            }
            let browser = FlowBrowser(world, client)
            let answer = try await browser.signIn()
            if subject == "ada-at-corp" {
                #expect(answer.status == .seeOther)
            } else {
                #expect(answer.status == .unauthorized)
                #expect(try await world.lastWord == "id_token_subject")
            }
        }
    }

    @Test("a provider that takes the secret in the body alone gets it there")
    func secretInBody() async throws {
        try await OIDCWorld.with { world, client in
            world.provider.change { behaviour in
                behaviour.metadata = { $0["token_endpoint_auth_methods_supported"] = ["client_secret_post"] }
            }
            let browser = FlowBrowser(world, client)
            #expect(try await browser.signIn().status == .seeOther)
            let exchange = try #require(world.provider.requests(to: "/token").first)
            #expect(exchange.values("Authorization").isEmpty)
        }
    }

    @Test("two tabs of one browser both come back")
    func twoTabs() async throws {
        try await OIDCWorld.with { world, client in
            let browser = FlowBrowser(world, client)
            let first = try await browser.start("/one")
            let second = try await browser.start("/two")
            let one = try await browser.callback(world.provider.consent(to: first))
            let two = try await browser.callback(world.provider.consent(to: second))
            #expect(one.headers[.location] == "/one")
            #expect(two.headers[.location] == "/two")
        }
    }

    @Test("the replica that a browser comes back to need not be the one that sent it away")
    func replicas() async throws {
        try await OIDCWorld.with { world, client in
            let browser = FlowBrowser(world, client)
            let answer = try await world.provider.consent(to: browser.start())
            let other = try await TestPortal(
                .customer, extra: world.portal.variables, database: world.portal.database, clock: world.clock)
            let jar = browser.jar
            try await other.test { client in
                let elsewhere = FlowBrowser(world, client)
                elsewhere.jar = jar
                let first = try await elsewhere.callback(answer)
                #expect(first.status == .seeOther)
            }
        }
    }

    @Test("a session cookie that was planted beforehand is not the one that is opened, and a former session ends")
    func fixation() async throws {
        try await OIDCWorld.with { world, client in
            let browser = FlowBrowser(world, client)
            browser.jar["lockstep_customer_session"] = OpaqueToken(.webSession, entropy: .system).text
            let planted = browser.session
            #expect(try await browser.signIn().status == .seeOther)
            let first = try #require(browser.session)
            #expect(first != planted)
            #expect(try await browser.signIn().status == .seeOther)
            #expect(browser.session != first)
            browser.jar["lockstep_customer_session"] = first
            #expect(try await browser.get("/").headers[.location] == "/login")
        }
    }
}
