import Foundation
import HTTPTypes
import HummingbirdTesting
import Secrets
import TestSupport
import Testing
import Tokens

@testable import Portal

/// ID tokens of a provider that lies, or that somebody else made. Each by both ways in: the code flow, and a client that
/// brings one.
@Suite struct IDTokenAttackTests {
    struct Attack: Sendable, CustomTestStringConvertible {
        var name: String
        var word: String
        var change: @Sendable (inout TestProvider.Behaviour) -> Void
        var testDescription: String { name }

        static func claims(
            _ name: String, _ word: String, _ claims: @escaping @Sendable (inout TestProvider.Members) -> Void
        ) -> Attack {
            Attack(name: name, word: word) { $0.claims = claims }
        }
    }

    private static let now: Int64 = 1_800_000_000

    static let attacks: [Attack] = [
        .claims("another issuer", "id_token_issuer") { $0["iss"] = "https://evil.example" },
        .claims("the issuer with a slash", "id_token_issuer") { $0["iss"] = "\($0["iss"] ?? "")/" },
        .claims("no issuer", "id_token_malformed") { $0["iss"] = nil },
        .claims("a list for an issuer", "id_token_malformed") { $0["iss"] = ["https://evil.example"] },
        .claims("another audience", "id_token_audience") { $0["aud"] = "another-client" },
        .claims("no audience", "id_token_audience") { $0["aud"] = nil },
        .claims("an empty list of audiences", "id_token_audience") { $0["aud"] = [String]() },
        .claims("an audience that is not trusted beside ours", "id_token_audience") {
            $0["aud"] = [TestProvider.clientID, "another-client"]
            $0["azp"] = TestProvider.clientID
        },
        .claims("a number among the audiences", "id_token_audience") { $0["aud"] = [1] },
        .claims("issued to another client", "id_token_authorized_party") { $0["azp"] = "another-client" },
        .claims("azp of another type", "id_token_malformed") { $0["azp"] = 1 },
        .claims("expired", "id_token_expired") { $0["exp"] = now - 61 },
        .claims("no exp", "id_token_malformed") { $0["exp"] = nil },
        .claims("exp as a text", "id_token_malformed") { $0["exp"] = "\(now + 600)" },
        .claims("issued in the future", "id_token_not_yet_valid") { $0["iat"] = now + 61 },
        .claims("no iat", "id_token_malformed") { $0["iat"] = nil },
        .claims("not before a moment ahead", "id_token_not_yet_valid") { $0["nbf"] = now + 61 },
        .claims("good for ever", "id_token_lives_too_long") { $0["exp"] = now + 8 * 86_400 },
        .claims("no subject", "id_token_subject") { $0["sub"] = nil },
        .claims("an empty subject", "id_token_subject") { $0["sub"] = "" },
        .claims("a subject of 256 characters", "id_token_subject") { $0["sub"] = String(repeating: "a", count: 256) },
        .claims("a subject with a line break", "id_token_subject") { $0["sub"] = "ada\nadmin" },
        Attack(name: "alg none", word: "id_token_algorithm") { behaviour in
            behaviour.header = { $0["alg"] = "none" }
            behaviour.token = { $0.prefix { $0 != "." } + "." + $0.split(separator: ".")[1] + "." }
        },
        Attack(name: "alg None, with a signature", word: "id_token_algorithm") { $0.header = { $0["alg"] = "None" } },
        Attack(name: "no signature", word: "id_token_signature") { behaviour in
            behaviour.token = { token in
                let parts = token.split(separator: ".")
                return "\(parts[0]).\(parts[1])."
            }
        },
        Attack(name: "an altered payload", word: "id_token_signature") { behaviour in
            behaviour.token = { token in
                var parts = token.split(separator: ".").map(String.init)
                let payload = String(decoding: Base64URL.decode(parts[1]) ?? [], as: UTF8.self)
                parts[1] = Base64URL.encode(Array(payload.replacing("ada-at-corp", with: "bob-at-corp").utf8))
                return parts.joined(separator: ".")
            }
        },
        Attack(name: "HS256 with the public key as the secret", word: "id_token_algorithm") { behaviour in
            guard let key = behaviour.keys.first else { return }
            behaviour.published = behaviour.keys
            behaviour.keys = [
                RingKey(
                    id: key.id, algorithm: .hs256,
                    secret: SecretBytes(JWKSetWriter.published([key])), state: .current)
            ]
        },
        Attack(name: "HS256 with the client's secret", word: "id_token_algorithm") { behaviour in
            behaviour.published = behaviour.keys
            let secret = SecretBytes(utf8: TestProvider.clientSecret + TestProvider.clientSecret)
            behaviour.keys = [RingKey(id: behaviour.keys[0].id, algorithm: .hs256, secret: secret, state: .current)]
        },
        Attack(name: "a key that is not published", word: "id_token_key_unknown") { behaviour in
            behaviour.published = behaviour.keys
            behaviour.keys = [TestProvider.fresh(.es256)]
        },
        Attack(name: "another key under the name of a published one", word: "id_token_signature") { behaviour in
            let name = behaviour.keys[0].id.rawValue
            behaviour.published = behaviour.keys
            behaviour.keys = [TestProvider.fresh(.es256)]
            behaviour.header = { $0["kid"] = name }
        },
        Attack(name: "a key that the token brings itself", word: "id_token_key_unknown") { behaviour in
            let own = TestProvider.fresh(.es256)
            let set = try? JSONSerialization.jsonObject(with: Data(JWKSetWriter.published([own]))) as? [String: Any]
            let jwk = (set?["keys"] as? [[String: String]])?.first ?? [:]
            behaviour.published = behaviour.keys
            behaviour.keys = [own]
            behaviour.header = { header in
                header["jwk"] = jwk
                header["jku"] = "https://evil.example/keys"
            }
        },
        Attack(name: "no token at all", word: "id_token_malformed") { $0.token = { _ in "not.a-token" } },
        Attack(name: "a token of nine kilobytes", word: "id_token_malformed") { behaviour in
            behaviour.claims = { $0["name"] = String(repeating: "a", count: 9000) }
        },
        Attack(name: "claims that stand twice", word: "id_token_malformed") { behaviour in
            guard let key = behaviour.keys.first else { return }
            let clientID = TestProvider.clientID
            behaviour.token = { token in
                let payload = String(
                    decoding: Base64URL.decode(String(token.split(separator: ".")[1])) ?? [], as: UTF8.self)
                let twice = payload.dropLast() + #","aud":"\#(clientID)"}"#
                let header = Array(token.split(separator: ".")[0].utf8)
                return (try? CompactJWS.sign(Array(twice.utf8), header: header, key: key)) ?? ""
            }
        },
    ]

    @Test("in the code flow", arguments: attacks)
    func codeFlow(attack: Attack) async throws {
        try await OIDCWorld.with { world, client in
            world.provider.change(attack.change)
            let browser = FlowBrowser(world, client)
            let answer = try await browser.signIn()
            #expect(answer.status == .unauthorized)
            #expect(try await world.lastWord == attack.word)
            #expect(browser.session == nil)
            #expect(try await world.portal.audited(.loginSucceeded) == 0)
            #expect(try await world.portal.audited(.registered) == 0)
        }
    }

    @Test("brought by a client", arguments: attacks)
    func brought(attack: Attack) async throws {
        try await OIDCWorld.with { world, client in
            world.provider.change(attack.change)
            let answer = try await world.verify(client, world.provider.idToken())
            #expect(answer.status == .unauthorized)
            #expect(answer.code == "invalid_credentials")
            #expect(try await world.lastWord == attack.word)
        }
    }

    @Test(
        "the nonce of another login, an empty one, none",
        arguments: ["another", "", nil])
    func nonce(nonce: String?) async throws {
        try await OIDCWorld.with { world, client in
            world.provider.change { $0.claims = { $0["nonce"] = nonce } }
            let browser = FlowBrowser(world, client)
            #expect(try await browser.signIn().status == .unauthorized)
            #expect(try await world.lastWord == "id_token_nonce")
            let brought = try await world.verify(client, world.provider.idToken(), nonce: "mine")
            #expect(brought.status == .unauthorized)
            #expect(try await world.lastWord == "id_token_nonce")
        }
    }

    @Test("the hash of an access token must be that of the one beside it", arguments: [true, false])
    func accessTokenHash(isRight: Bool) async throws {
        try await OIDCWorld.with { world, client in
            world.provider.change { behaviour in
                behaviour.claims = { $0["at_hash"] = IDToken.hash(of: isRight ? "opaque" : "another", .es256) }
            }
            let browser = FlowBrowser(world, client)
            let first = try await browser.signIn()
            #expect(first.status == (isRight ? .seeOther : .unauthorized))
            if !isRight { #expect(try await world.lastWord == "id_token_access_token_hash") }
        }
    }

    @Test("the hash of an access token, as OpenID Connect Core 1.0 shows it in appendix A.3")
    func accessTokenHashVector() {
        #expect(IDToken.hash(of: "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", .rs256) == "77QmUPtjPfzWtF2AnpK9RQ")
    }

    @Test("clocks that differ by a minute are no reason to refuse")
    func leeway() async throws {
        try await OIDCWorld.with { world, client in
            for offset: Int64 in [-59, 60] {
                world.provider.change { behaviour in
                    behaviour.claims = { claims in
                        claims["iat"] = Self.now + offset
                        claims["exp"] = Self.now + (offset < 0 ? offset : 600)
                    }
                }
                let browser = FlowBrowser(world, client)
                let first = try await browser.signIn()
                #expect(first.status == .seeOther)
            }
        }
    }

    @Test("an ID token counts once, by whichever way it comes, and however its signature is spelled")
    func replayed() async throws {
        try await OIDCWorld.with { world, client in
            let token = world.provider.idToken()
            let first = try await world.verify(client, token)
            #expect(first.status == .ok)
            #expect(try await world.verify(client, token).status == .unauthorized)
            #expect(try await world.lastWord == "id_token_replayed")
            // (r, -s) verifies wherever (r, s) does.
            #expect(try await world.verify(client, Self.respelled(token)).status == .unauthorized)
            #expect(try await world.lastWord == "id_token_replayed")
            #expect(try await world.verify(client, token + "A").status == .unauthorized)
            #expect(try await world.portal.audited(.loginSucceeded) == 1)
        }
    }

    /// The other signature that an ECDSA signature is as good as: s replaced by n - s.
    private static func respelled(_ token: String) -> String {
        var parts = token.split(separator: ".").map(String.init)
        let signature = Base64URL.decode(parts[2]) ?? []
        let order: [UInt8] = [
            0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6, 0xFA, 0xAD,
            0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
        ]
        var other = [UInt8](repeating: 0, count: 32)
        var borrow = 0
        for index in (0..<32).reversed() {
            var digit = Int(order[index]) - Int(signature[32 + index]) - borrow
            borrow = digit < 0 ? 1 : 0
            if digit < 0 { digit += 256 }
            other[index] = UInt8(digit)
        }
        parts[2] = Base64URL.encode(signature[..<32] + other)
        return parts.joined(separator: ".")
    }
}
