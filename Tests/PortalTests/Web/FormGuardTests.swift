import Testing

@testable import Portal

@Suite struct FormGuardTests {
    private let cookie = OpaqueToken(.form, entropy: .system)
    private var token: String { FormGuard.formToken(for: cookie) }

    struct Attack: Sendable {
        var fetchSite: String?
        var origin: String?
        var host: String?
    }

    @Test(
        "a browser's own form passes",
        arguments: [
            Attack(fetchSite: "same-origin", origin: "https://portal.example", host: "portal.example"),
            Attack(fetchSite: "same-origin", origin: "null", host: "portal.example"),
            Attack(fetchSite: "same-origin", origin: nil, host: nil),
            Attack(fetchSite: nil, origin: "http://127.0.0.1:8080", host: "127.0.0.1:8080"),
            Attack(fetchSite: nil, origin: nil, host: "portal.example"),
        ])
    func passes(sender: Attack) throws {
        try FormGuard.check(
            FormGuard.Sender(fetchSite: sender.fetchSite, origin: sender.origin, host: sender.host), cookie: cookie,
            formToken: token)
    }

    @Test(
        "another site's form is refused, even with the right token",
        arguments: [
            Attack(fetchSite: "cross-site", origin: "https://evil.example", host: "portal.example"),
            Attack(fetchSite: "same-site", origin: "https://other.portal.example", host: "portal.example"),
            Attack(fetchSite: "none", origin: nil, host: "portal.example"),
            Attack(fetchSite: "same-origin", origin: "https://evil.example", host: "portal.example"),
            Attack(fetchSite: nil, origin: "https://evil.example", host: "portal.example"),
            Attack(fetchSite: nil, origin: "null", host: "portal.example"),
            Attack(fetchSite: nil, origin: "http://127.0.0.1:8081", host: "127.0.0.1:8080"),
            Attack(fetchSite: nil, origin: "https://portal.example.evil.example", host: "portal.example"),
            Attack(fetchSite: nil, origin: "https://portal.example", host: nil),
            Attack(fetchSite: nil, origin: "portal.example", host: "portal.example"),
        ])
    func refuses(sender: Attack) {
        #expect(throws: FormGuard.Rejection.crossSite) {
            try FormGuard.check(
                FormGuard.Sender(fetchSite: sender.fetchSite, origin: sender.origin, host: sender.host),
                cookie: cookie, formToken: token)
        }
    }

    @Test("without the token, or with another browser's, nothing passes")
    func withoutToken() {
        let other = FormGuard.formToken(for: OpaqueToken(.form, entropy: .system))
        let sender = FormGuard.Sender(fetchSite: "same-origin", origin: nil, host: nil)
        for (cookie, token) in [
            (cookie, nil), (cookie, ""), (cookie, other), (cookie, cookie.text), (nil, self.token), (nil, nil),
        ] as [(OpaqueToken?, String?)] {
            #expect(throws: FormGuard.Rejection.token) {
                try FormGuard.check(sender, cookie: cookie, formToken: token)
            }
        }
    }

    @Test("the field on the page does not tell the cookie")
    func fieldIsNotCookie() {
        #expect(!token.contains(cookie.text))
        #expect(!cookie.text.contains(token))
    }
}
