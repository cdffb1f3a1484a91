import Foundation
import Secrets
import Testing
import Tokens

@Suite("The published key set")
struct PublishedKeySetTests {
    static let ring = Keys.ring(
        Keys.key(2, state: .previous), Keys.key(1, .es256), Keys.key(1, .eddsa, state: .next),
        Keys.key(1, .rs256, state: .previous, retireAt: now + 10), Keys.key(1, .es384, state: .revoked))

    static func objects(_ set: PublishedKeySet) throws -> [[String: Any]] {
        let parsed = try JSONSerialization.jsonObject(with: Data(set.bytes)) as? [String: [[String: Any]]]
        return try #require(parsed?["keys"])
    }

    @Test("holds the public members of keys that verify, and nothing that a ring keeps to itself")
    func members() throws {
        let objects = try Self.objects(PublishedKeySet(ring: Self.ring, now: now))
        #expect(objects.map { $0["alg"] as? String } == ["ES256", "EdDSA", "RS256"])
        #expect(objects.map { $0["state"] as? String } == ["current", "next", "previous"])
        for object in objects {
            #expect(object["use"] as? String == "sig")
            #expect(object["kty"] as? String != "oct")
            let secret = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "kms", "retire_at"]
            #expect(Set(object.keys).isDisjoint(with: secret))
        }
    }

    @Test("no set shows a symmetric key, or where a private one lies")
    func symmetricAlone() throws {
        #expect(PublishedKeySet(ring: Keys.ring, now: now).bytes == Array(#"{"keys":[]}"#.utf8))
        let remote = RingKey(
            id: KeyID("r"), algorithm: .es256,
            material: .remote(
                try #require(Keys.key(1, .es256).material.publicKey),
                try #require(KMSReference("gcp-kms://acme/global/ring/key/1"))), state: .current)
        let set = PublishedKeySet(ring: Keys.ring(remote), now: now)
        #expect(try Self.objects(set).count == 1)
        #expect(!String(decoding: set.bytes, as: UTF8.self).contains("acme"))
    }

    @Test("a retired key is in it until its time, and its tag changes with the keys and their states alone")
    func retirement() throws {
        let before = PublishedKeySet(ring: Self.ring, now: now + 9)
        let after = PublishedKeySet(ring: Self.ring, now: now + 10)
        #expect(try Self.objects(before).count == 3)
        #expect(try Self.objects(after).count == 2)
        #expect(before == PublishedKeySet(ring: Self.ring, now: now))
        #expect(before.entityTag != after.entityTag)
        let promoted = Keys.ring(Keys.key(1, .es256, state: .previous), Keys.key(1, .eddsa))
        #expect(PublishedKeySet(ring: promoted, now: now).entityTag != after.entityTag)
        #expect(before.entityTag.hasPrefix("\"") && before.entityTag.hasSuffix("\""))
    }

    @Test("a verifier that reads it verifies what the issuer signs with each of its keys")
    func readBack() throws {
        let set = try JWKSet(PublishedKeySet(ring: Self.ring, now: now).bytes)
        #expect(set.keys.map(\.state) == [.current, .next, .previous])
        #expect(set.passedOver.isEmpty)
        #expect(!set.holdsPrivateKeys)
        let verifier = KeyRing(keys: set.keys, source: "a set", environment: .production, version: 1)
        for key in Self.ring.keys where !key.algorithm.isSymmetric && key.state != .revoked {
            #expect(try outcome(AsymmetricAttackTests.token(key), ring: verifier) == "valid")
        }
        #expect(outcome(Mint.token(), ring: verifier) == "unknown_key")
    }

    @Test(
        "keys for others are passed over: unknown types, curves, algorithms and uses",
        arguments: [
            #"{"kty":"AKP","alg":"ML-DSA-44","kid":"x","pub":"AA"}"#,
            #"{"kty":"EC","crv":"secp256k1","alg":"ES256K","kid":"x","x":"AA","y":"AA"}"#,
            #"{"kty":"OKP","crv":"X25519","kid":"x","x":"AA"}"#, #"{"kty":"OKP","crv":"Ed448","kid":"x","x":"AA"}"#,
            #"{"kty":"EC","crv":"P-256","use":"enc","kid":"x","x":"AA","y":"AA"}"#,
        ])
    func passedOver(_ other: String) throws {
        let ours = String(decoding: JWKSetWriter.published([Keys.key(1, .es256)]).dropLast(2), as: UTF8.self)
        let set = try JWKSet(Array("\(ours),\(other)]}".utf8))
        #expect(set.keys.map(\.id) == [Keys.key(1, .es256).id])
        #expect(set.passedOver.count == 1)
    }

    @Test("a set that mixes public keys with secret ones is refused whole")
    func mixed() throws {
        let ours = String(decoding: JWKSetWriter.published([Keys.key(1, .es256)]).dropLast(2), as: UTF8.self)
        let fault = #expect(throws: JWKSetFault.self) {
            try JWKSet(Array("\(ours),\(JWKSetTests.jwk(#","kid":"s""#))]}".utf8))
        }
        #expect(fault?.reason.contains("symmetric") == true)
    }
}
