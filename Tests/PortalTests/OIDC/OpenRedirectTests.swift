import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Portal

@Suite struct OpenRedirectTests {
    /// Octets that stay octets: a path of this portal, of which no browser makes another site.
    private static let odd = ["/%2fevil.example", "/%5cevil.example", "/%252fevil.example", "/%0d%0aSet-Cookie:a=b"]

    @Test("return_to leads to this portal, however it is spelled")
    func openRedirect() async throws {
        try await OIDCWorld.with(extra: ["LOGIN_ADDRESS_LIMIT_PER_MINUTE": "1000"]) { world, client in
            for (wanted, reached) in LocalPathTests.attacks.map({ ($0, "/") }) + Self.odd.map({ ($0, $0) }) {
                let browser = FlowBrowser(world, client)
                let answer = try await browser.signIn(wanted)
                #expect(answer.status == .seeOther)
                #expect(answer.headers[values: .location] == [reached])
                #expect(answer.headers[values: .setCookie].count == 1)
            }
        }
    }

    @Test("two places to go to are none")
    func twice() async throws {
        try await OIDCWorld.with { world, client in
            let browser = FlowBrowser(world, client)
            let start = try await browser.get("/auth/oidc/corp/start?return_to=/a&return_to=//evil.example")
            let answer = try await browser.callback(world.provider.consent(to: start.headers[.location] ?? ""))
            #expect(answer.headers[.location] == "/")
        }
    }

    @Test("the sign-in page offers the providers, and takes along where one wanted to go")
    func buttons() async throws {
        try await OIDCWorld.with(extra: ["OIDC_CORP_DISPLAY_NAME": "Smith & <Sons>"]) { world, client in
            let page = try await client.send(.get, "/login?return_to=%2Faccount")
            #expect(page.text.contains("Continue with Smith &amp; &lt;Sons&gt;"))
            #expect(page.text.contains(#"href="/auth/oidc/corp/start?return_to=%2Faccount""#))
        }
        try await TestPortal().test { client in
            let page = try await client.send(.get, "/login")
            #expect(!page.text.contains("/auth/oidc/"))
        }
    }
}
