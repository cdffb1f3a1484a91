import Foundation
import HTTPTypes
import HummingbirdTesting
import Secrets
import TestSupport
import Testing
import Tokens

@testable import Portal

/// Documents of a provider that is down, slow to be mended, or not what it says.
@Suite struct ProviderAttackTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        var name: String
        var path: String
        var answer: UpstreamServer.Answer
        var status: Int
        var word: String
        var testDescription: String { "\(path): \(name)" }
    }

    private static let huge = UpstreamServer.Answer.json(#"{"a":"\#(String(repeating: "a", count: 300_000))"}"#)
    private static let redirect = UpstreamServer.Answer.respond(
        status: 302, headers: [("Location", "/elsewhere")])
    static let discovery = "/.well-known/openid-configuration"

    static let faults: [Fault] = [
        Fault(
            name: "an error", path: discovery, answer: .json("{}", status: 500), status: 503,
            word: "provider_unavailable"),
        Fault(name: "a redirect", path: discovery, answer: redirect, status: 503, word: "provider_unavailable"),
        Fault(name: "300 KB", path: discovery, answer: huge, status: 503, word: "provider_unavailable"),
        Fault(
            name: "no end", path: discovery, answer: .stream(bytes: 50_000_000), status: 503,
            word: "provider_unavailable"),
        Fault(name: "hanging up", path: discovery, answer: .close, status: 503, word: "provider_unavailable"),
        Fault(name: "no JSON", path: discovery, answer: .json("<html>"), status: 502, word: "provider_misconfigured"),
        Fault(name: "nothing in it", path: discovery, answer: .json("{}"), status: 502, word: "provider_misconfigured"),
        Fault(
            name: "an error", path: "/keys", answer: .json("{}", status: 404), status: 503, word: "provider_unavailable"
        ),
        Fault(name: "a redirect", path: "/keys", answer: redirect, status: 503, word: "provider_unavailable"),
        Fault(name: "300 KB", path: "/keys", answer: huge, status: 503, word: "provider_unavailable"),
        Fault(
            name: "no keys", path: "/keys", answer: .json(#"{"keys":[]}"#), status: 502, word: "provider_misconfigured"),
        Fault(
            name: "a symmetric key", path: "/keys",
            answer: .json(#"{"keys":[{"kty":"oct","alg":"HS256","k":"\#(String(repeating: "A", count: 43))"}]}"#),
            status: 502, word: "provider_misconfigured"),
        Fault(
            name: "an error", path: "/token", answer: .json("{}", status: 503), status: 503,
            word: "provider_unavailable"),
        Fault(name: "a redirect", path: "/token", answer: redirect, status: 502, word: "provider_misconfigured"),
        Fault(name: "300 KB", path: "/token", answer: huge, status: 502, word: "provider_misconfigured"),
        Fault(name: "hanging up", path: "/token", answer: .close, status: 503, word: "provider_unavailable"),
        Fault(
            name: "no ID token", path: "/token", answer: .json(#"{"access_token":"a"}"#), status: 502,
            word: "provider_misconfigured"),
        Fault(
            name: "a client that it does not know", path: "/token",
            answer: .json(#"{"error":"invalid_client"}"#, status: 401), status: 502, word: "provider_misconfigured"),
    ]

    @Test("what a provider answers in place of what it should", arguments: faults)
    func answers(fault: Fault) async throws {
        try await OIDCWorld.with { world, client in
            world.provider.change { behaviour in
                behaviour.answer = { $0 == fault.path ? fault.answer : nil }
            }
            let browser = FlowBrowser(world, client)
            let start = try await browser.get("/auth/oidc/corp/start")
            let answer: Int
            if let location = start.headers[.location] {
                answer = try await browser.callback(world.provider.consent(to: location)).status.code
            } else {
                answer = start.status.code
            }
            #expect(answer == fault.status)
            #expect(try await world.lastWord == fault.word)
            #expect(world.provider.requests(to: "/elsewhere").isEmpty)
            #expect(browser.session == nil)
        }
    }

    @Test(
        "metadata of another issuer, or that leads elsewhere than https",
        arguments: [
            ("issuer", "https://evil.example"), ("issuer", "ISSUER/"),
            ("authorization_endpoint", "http://evil.example/a"),
            ("authorization_endpoint", "javascript:alert(1)"), ("token_endpoint", "http://evil.example/t"),
            ("token_endpoint", "http://127.0.0.1.evil.example/t"), ("token_endpoint", "http://127.0.0.1@evil.example/"),
            ("jwks_uri", "file:///etc/passwd"), ("jwks_uri", "http://localhost.evil.example/"),
            ("authorization_endpoint", "https://a.example/\r\nSet-Cookie: a=b"), ("jwks_uri", "https://"),
            ("authorization_endpoint", "https://a.example/#"),
        ])
    func metadata(member: String, value: String) async throws {
        try await OIDCWorld.with { world, client in
            world.provider.change { behaviour in
                behaviour.metadata = { members in
                    members[member] = value.replacing("ISSUER", with: "\(members["issuer"] ?? "")")
                }
            }
            let answer = try await client.send(.get, "/auth/oidc/corp/start")
            #expect(answer.status == .badGateway)
            #expect(try await world.lastWord == "provider_misconfigured")
        }
    }

    @Test("documents are kept: many logins, one fetch of each")
    func cached() async throws {
        try await OIDCWorld.with { world, client in
            for _ in 0..<5 {
                let browser = FlowBrowser(world, client)
                let first = try await browser.signIn()
                #expect(first.status == .seeOther)
            }
            #expect(world.provider.requests(to: Self.discovery).count == 1)
            #expect(world.provider.requests(to: "/keys").count == 1)
        }
    }

    @Test("many logins at once fetch once")
    func singleFlight() async throws {
        try await OIDCWorld.with { world, client in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await client.send(.get, "/auth/oidc/corp/start").status.code }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses == [Int](repeating: 303, count: 20))
            #expect(world.provider.requests(to: Self.discovery).count == 1)
        }
    }

    @Test("a new key is found at the first token that it signs; unknown ones are not looked for at each token")
    func rotation() async throws {
        try await OIDCWorld.with { world, client in
            let browser = FlowBrowser(world, client)
            let first = try await browser.signIn()
            #expect(first.status == .seeOther)
            world.provider.change { $0.keys = [TestProvider.fresh(.es256)] }
            #expect(try await browser.signIn().status == .seeOther)
            #expect(world.provider.requests(to: "/keys").count == 2)
            world.provider.change { behaviour in
                behaviour.published = behaviour.keys
                behaviour.keys = [TestProvider.fresh(.es256)]
            }
            for _ in 0..<5 { #expect(try await browser.signIn().status == .unauthorized) }
            #expect(world.provider.requests(to: "/keys").count == 2)
            world.clock.advance(11)
            for _ in 0..<5 { #expect(try await browser.signIn().status == .unauthorized) }
            #expect(world.provider.requests(to: "/keys").count == 3)
        }
    }

    @Test("a key that the provider took back opens nothing once its set was fetched again")
    func withdrawn() async throws {
        try await OIDCWorld.with { world, client in
            let browser = FlowBrowser(world, client)
            let first = try await browser.signIn()
            #expect(first.status == .seeOther)
            world.provider.change { $0.published = [TestProvider.fresh(.es256)] }
            world.clock.advance(3601)
            #expect(try await browser.signIn().status == .unauthorized)
            #expect(try await world.lastWord == "id_token_key_unknown")
        }
    }

    @Test("what is held stays in use while the provider's documents can't be fetched")
    func stale() async throws {
        try await OIDCWorld.with { world, client in
            let browser = FlowBrowser(world, client)
            let first = try await browser.signIn()
            #expect(first.status == .seeOther)
            world.provider.change { behaviour in
                behaviour.answer = { ["/token", "/authorize"].contains($0) ? nil : .json("{}", status: 503) }
            }
            world.clock.advance(86_400)
            let second = try await browser.signIn()
            #expect(second.status == .seeOther)
        }
    }

    @Test("a provider that is down is told as that, is not asked at each login, and is found again")
    func down() async throws {
        try await OIDCWorld.with { world, client in
            world.provider.change { $0.answer = { _ in .json("{}", status: 503) } }
            for _ in 0..<5 {
                let answer = try await client.send(.get, "/auth/oidc/corp/start")
                #expect(answer.status == .serviceUnavailable)
                #expect(answer.headers[.contentType]?.hasPrefix("text/html") == true)
            }
            #expect(world.provider.requests(to: Self.discovery).count == 1)
            world.provider.change { $0.answer = { _ in nil } }
            world.clock.advance(3)
            #expect(try await client.send(.get, "/auth/oidc/corp/start").status == .seeOther)
        }
    }
}
