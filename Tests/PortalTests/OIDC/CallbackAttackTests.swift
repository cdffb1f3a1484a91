import Foundation
import HTTPTypes
import HummingbirdTesting
import Storage
import TestSupport
import Testing

@testable import Portal

/// What comes back to the callback, from somebody who is not the provider, or not for this browser.
@Suite struct CallbackAttackTests {
    @Test("an answer counts once: neither its state nor its code opens anything again")
    func replayedCallback() async throws {
        try await OIDCWorld.with { world, client in
            let browser = FlowBrowser(world, client)
            let answer = try await world.provider.consent(to: browser.start())
            #expect(try await browser.callback(answer).status == .seeOther)
            let sessions = try await Self.sessions(world)
            #expect(try await browser.callback(answer).status == .badRequest)
            #expect(try await world.lastWord == "state_unknown")
            #expect(try await Self.sessions(world) == sessions)
            #expect(world.provider.requests(to: "/token").count == 1)
        }
    }

    @Test("a code that was used before, under a state of one's own")
    func replayedCode() async throws {
        try await OIDCWorld.with { world, client in
            let browser = FlowBrowser(world, client)
            var first = try await world.provider.consent(to: browser.start())
            #expect(try await browser.callback(first).status == .seeOther)
            let attacker = FlowBrowser(world, client)
            first["state"] = TestProvider.parameters(of: try await attacker.start())["state"]
            #expect(try await attacker.callback(first).status == .badRequest)
            #expect(try await world.lastWord == "code_refused")
            #expect(attacker.session == nil)
        }
    }

    @Test("a victim's code under the attacker's own state fails at the verifier, which is not the attacker's")
    func injectedCode() async throws {
        try await OIDCWorld.with { world, client in
            let victim = FlowBrowser(world, client)
            var stolen = try await world.provider.consent(to: victim.start())
            let attacker = FlowBrowser(world, client)
            stolen["state"] = TestProvider.parameters(of: try await attacker.start())["state"]
            #expect(try await attacker.callback(stolen).status == .badRequest)
            #expect(try await world.lastWord == "code_refused")
        }
    }

    @Test("the state of another browser, of none, of nobody; none at all; two")
    func states() async throws {
        try await OIDCWorld.with { world, client in
            let attacker = FlowBrowser(world, client)
            // Login CSRF: the attacker's own answer, brought to the victim's browser.
            let answer = try await world.provider.consent(to: attacker.start())
            let victim = FlowBrowser(world, client)
            _ = try await victim.start()
            #expect(try await victim.callback(answer).status == .badRequest)
            #expect(victim.session == nil)
            let fresh = FlowBrowser(world, client)
            let code = answer["code"] ?? ""
            for query in [
                "code=\(code)&state=\(OpaqueToken(.oidcState, entropy: .system).text)", "code=\(code)",
                "code=\(code)&state=", "code=\(code)&state=%00", "",
            ] {
                #expect(try await fresh.get("/auth/oidc/corp/callback?\(query)").status == .badRequest)
                #expect(try await world.lastWord == "state_unknown")
            }
            let state = TestProvider.parameters(of: try await fresh.start())["state"] ?? ""
            for query in [
                "code=a&code=b&state=\(state)", "state=\(state)", "code=a&error=b&state=\(state)",
                "code=a&state=\(state)&state=\(state)", "code=\(String(repeating: "a", count: 2049))&state=\(state)",
                "code=%0d%0aX:%20y&state=\(state)", "code=&state=\(state)",
            ] {
                #expect(try await fresh.get("/auth/oidc/corp/callback?\(query)").status == .badRequest)
                #expect(try await world.lastWord == "answer_malformed")
            }
            #expect(fresh.session == nil)
            #expect(world.provider.requests(to: "/token").isEmpty)
        }
    }

    @Test("an answer that comes after ten minutes comes too late")
    func late() async throws {
        try await OIDCWorld.with { world, client in
            let browser = FlowBrowser(world, client)
            let answer = try await world.provider.consent(to: browser.start())
            world.clock.advance(600)
            #expect(try await browser.callback(answer).status == .badRequest)
            #expect(try await world.lastWord == "state_unknown")
        }
    }

    @Test("mix-up: an answer of one provider at the callback of another")
    func mixUp() async throws {
        let clock = ManualClock()
        try await TestProvider.with(clock) { evil in
            let extra = [
                "OIDC_PROVIDERS": "corp,evil", "OIDC_EVIL_ISSUER": evil.issuer, "OIDC_EVIL_CLIENT_ID": "x",
                "OIDC_EVIL_CLIENT_SECRET": "y", "OIDC_EVIL_ALLOW_HTTP": "true",
            ]
            try await OIDCWorld.with(extra: extra) { world, client in
                let browser = FlowBrowser(world, client)
                let answer = try await world.provider.consent(to: browser.start())
                #expect(try await browser.callback(answer, provider: "evil").status == .badRequest)
                #expect(try await world.lastWord == "state_unknown")
                // The honest provider's code did not reach the other.
                #expect(evil.requests(to: "/token").isEmpty)
                // And the state is spent.
                #expect(try await browser.callback(answer).status == .badRequest)
            }
        }
    }

    @Test("the issuer of an answer (RFC 9207), where it is there, and where it was promised")
    func issuerParameter() async throws {
        try await OIDCWorld.with { world, client in
            for (issuer, isPromised, isGood) in [
                (world.provider.issuer, true, true), (world.provider.issuer, false, true),
                ("https://evil.example", false, false), ("https://evil.example", true, false),
                (world.provider.issuer + "/", false, false), ("", false, false), (nil, true, false), (nil, false, true),
            ] as [(String?, Bool, Bool)] {
                world.provider.change { behaviour in
                    behaviour.metadata = {
                        $0["authorization_response_iss_parameter_supported"] = isPromised
                    }
                }
                // Metadata is kept for an hour at most.
                world.clock.advance(4000)
                for isError in [false, true] {
                    let browser = FlowBrowser(world, client)
                    var answer = try await world.provider.consent(to: browser.start())
                    answer["iss"] = issuer
                    if isError {
                        answer["code"] = nil
                        answer["error"] = "access_denied"
                    }
                    let response = try await browser.callback(answer)
                    if isGood {
                        #expect(response.status == (isError ? .forbidden : .seeOther))
                    } else {
                        #expect(response.status == .badRequest)
                        #expect(try await world.lastWord == "issuer_mismatch")
                    }
                }
            }
        }
    }

    @Test(
        "an error of the provider is a page that says what to do, and a stable word in the audit trail",
        arguments: [
            ("access_denied", 403, "access_denied"), ("login_required", 502, "provider_error login_required"),
            ("server_error", 502, "provider_error server_error"), ("<script>", 502, "provider_error unknown"),
            (String(repeating: "a", count: 65), 502, "provider_error unknown"),
        ])
    func errors(error: String, status: Int, word: String) async throws {
        try await OIDCWorld.with { world, client in
            let browser = FlowBrowser(world, client)
            var answer = try await world.provider.consent(to: browser.start())
            answer["code"] = nil
            answer["error"] = error
            answer["error_description"] = "<script>alert(1)</script>"
            let response = try await browser.callback(answer)
            #expect(response.status.code == status)
            #expect(response.headers[.contentType]?.hasPrefix("text/html") == true)
            #expect(!response.text.contains("<script>alert"))
            #expect(try await world.lastWord == word)
        }
    }

    @Test("a provider that nobody configured is not found")
    func unknownProvider() async throws {
        try await OIDCWorld.with { _, client in
            let first = try await client.send(.get, "/auth/oidc/nobody/start")
            #expect(first.status == .notFound)
            #expect(try await client.send(.get, "/auth/oidc/nobody/callback").status == .notFound)
            #expect(try await client.post("oidc/nobody/verify", #"{"id_token":"x"}"#).status == .notFound)
            #expect(try await client.post("google/verify", #"{"id_token":"x"}"#).status == .notFound)
        }
    }

    @Test("starts and answers are limited by address, whatever they bring")
    func limited() async throws {
        try await OIDCWorld.with(extra: ["LOGIN_ADDRESS_LIMIT_PER_MINUTE": "3"]) { world, client in
            let browser = FlowBrowser(world, client)
            for _ in 0..<3 { _ = try await browser.start() }
            #expect(try await browser.get("/auth/oidc/corp/start").status == .tooManyRequests)
            #expect(try await browser.get("/auth/oidc/corp/callback?state=x").status == .tooManyRequests)
            let verified = try await world.verify(client, "x")
            #expect(verified.status == .tooManyRequests)
            #expect(verified.headers[.retryAfter] != nil)
        }
    }

    private static func sessions(_ world: OIDCWorld) async throws -> Int64 {
        try await world.portal.database.read {
            try await $0.query("SELECT COUNT(*) AS sessions FROM sessions", []).first?.integer("sessions") ?? -1
        }
    }
}
