import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Portal

@Suite struct LocalPathTests {
    @Test(
        "pages of this portal are led back to", arguments: ["/", "/keys", "/farms/F1?state=growing&page=2", "/a%2Fb"])
    func passes(path: String) {
        #expect(LocalPath(path)?.text == path)
    }

    static let attacks = [
        "", "keys", "//evil.example", "//evil.example/keys", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
        "/\n/evil.example", "\t//evil.example", " //evil.example", "https://evil.example", "https:evil.example",
        "javascript:alert(1)", "/\u{2028}/evil.example", "/é", "/\0", "/a b", "/\r\nSet-Cookie: a=b",
        "/" + String(repeating: "a", count: LocalPath.maximumBytes),
    ]

    @Test("nothing leads elsewhere", arguments: attacks)
    func refuses(path: String) {
        #expect(LocalPath(path) == nil)
    }

    @Test("after signing in a visitor is where they wanted to be, and never at another site")
    func signingIn() async throws {
        try await TestPortal().test { client in
            var browser = Browser(client)
            let asked = try await browser.get("/account?a=1&b=2")
            #expect(asked.headers[.location] == "/login?return_to=%2Faccount%3Fa%3D1%26b%3D2")
            let page = try await browser.get("/login?return_to=%2Faccount%3Fa%3D1%26b%3D2")
            #expect(page.text.contains(#"name="return_to" value="/account?a=1&amp;b=2""#))
            for (wanted, reached) in [("/account?a=1&b=2", "/account?a=1&b=2")] + Self.attacks.map({ ($0, "/") }) {
                var fresh = Browser(client)
                let token = try Browser.formToken(in: await fresh.get("/login"))
                let answer = try await fresh.post(
                    "/login",
                    [
                        "email": TestPortal.adminEmail, "password": TestPortal.adminPassword, "form_token": token,
                        "return_to": wanted,
                    ])
                #expect(answer.headers[.location] == reached)
            }
            let led = try await browser.signIn()
            #expect(led.status == .seeOther)
            #expect(try await browser.get("/login?return_to=//evil.example").headers[.location] == "/")
        }
    }
}
