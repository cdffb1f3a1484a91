import Foundation
import Secrets
import Testing
import Tokens

@Suite("Attacks on asymmetric keys, each sent")
struct AsymmetricAttackTests {
    static let asymmetric = KeyAlgorithm.allCases.filter { !$0.isSymmetric }
    static let rsa = asymmetric.filter { $0.family == .rsa }

    /// What a verifier holds of a key: its public half.
    static func published(_ key: RingKey) -> RingKey {
        guard let publicKey = key.material.publicKey else { return key }
        return RingKey(
            id: key.id, aliases: key.aliases, algorithm: key.algorithm, material: .publicKey(publicKey),
            state: key.state)
    }

    /// The key, used with an algorithm that is not its own.
    static func key(_ key: RingKey, as algorithm: KeyAlgorithm) -> RingKey {
        RingKey(id: key.id, algorithm: algorithm, material: key.material, state: key.state)
    }

    static func header(_ key: RingKey, alg: String? = nil, named: Bool = true) -> String {
        Mint.header(
            alg: alg ?? key.algorithm.rawValue, typ: named ? "at+jwt" : "JWT", kid: named ? key.id.rawValue : nil)
    }

    static func token(_ key: RingKey, header: String? = nil) throws -> String {
        try CompactJWS.sign(
            Array(Payload().text.utf8), header: Array(Mint.encode(header ?? Self.header(key)).utf8), key: key)
    }

    /// What is signed, and the signature.
    static func parts(_ key: RingKey) throws -> (signed: String, signature: [UInt8]) {
        let token = try token(key)
        let cut = try #require(token.lastIndex(of: "."))
        return (String(token[..<cut]), try #require(Base64URL.decode(String(token[token.index(after: cut)...]))))
    }

    @Test("an honest token passes, with and without kid, where the public half alone is held", arguments: asymmetric)
    func honest(_ algorithm: KeyAlgorithm) throws {
        let key = Keys.key(1, algorithm)
        for ring in [Keys.ring(key), Keys.ring(Self.published(key))] {
            #expect(try outcome(Self.token(key), ring: ring) == "valid")
            #expect(try outcome(Self.token(key, header: Self.header(key, named: false)), ring: ring) == "valid")
        }
    }

    /// Each spelling of a public key that a tool might hand to an HMAC as its secret (RFC 8725 §2.1).
    static func spellings(_ key: RingKey) throws -> [[UInt8]] {
        let publicKey = try #require(key.material.publicKey)
        let info = publicKey.subjectPublicKeyInfo
        let lines = Data(info).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
        let pem = "-----BEGIN PUBLIC KEY-----\n\(lines)\n-----END PUBLIC KEY-----"
        let set = JWKSetWriter.published([key])
        let parsed = try JSONSerialization.jsonObject(with: Data(set)) as? [String: [[String: Any]]]
        let jwk = try JSONSerialization.data(
            withJSONObject: try #require(parsed?["keys"]?.first), options: .sortedKeys)
        return [info, Array(pem.utf8), Array((pem + "\n").utf8), set, Array(jwk), Array(key.id.rawValue.utf8)]
    }

    @Test(
        "key confusion: an HMAC under the text of the public key opens nothing, however it is named",
        arguments: asymmetric)
    func publicKeyAsSecret(_ algorithm: KeyAlgorithm) throws {
        let held = Keys.key(1, algorithm)
        let alone = Keys.ring(Self.published(held))
        // A fleet on its way from HS256: here HMAC is an algorithm that some held key has.
        let mixed = Keys.ring(Self.published(held), Keys.key(2, state: .previous))
        for secret in try Self.spellings(held) {
            for hash in KeyAlgorithm.symmetric {
                let attacker = RingKey(id: held.id, algorithm: hash, secret: SecretBytes(secret), state: .current)
                let named = Mint.token(header: Self.header(held, alg: hash.rawValue), by: attacker)
                let nameless = Mint.token(header: Self.header(held, alg: hash.rawValue, named: false), by: attacker)
                #expect(outcome(named, ring: alone) == "unsupported_algorithm")
                #expect(outcome(nameless, ring: alone) == "unsupported_algorithm")
                #expect(outcome(named, ring: mixed) == "unsupported_algorithm")
                #expect(
                    outcome(nameless, ring: mixed) == (hash == .hs256 ? "bad_signature" : "unsupported_algorithm"))
                // The tag under the key's own alg.
                #expect(outcome(Mint.token(header: Self.header(held), by: attacker), ring: mixed) == "bad_signature")
            }
        }
    }

    @Test("another algorithm of the same RSA key: neither its name nor its signature passes", arguments: rsa, rsa)
    func otherRSA(_ own: KeyAlgorithm, _ other: KeyAlgorithm) throws {
        guard own != other else { return }
        let key = Keys.key(1, own)
        let ring = Keys.ring(Self.published(key))
        let stranger = Self.key(key, as: other)
        #expect(try outcome(Self.token(stranger), ring: ring) == "unsupported_algorithm")
        #expect(try outcome(Self.token(stranger, header: Self.header(key)), ring: ring) == "bad_signature")
        let nameless = try Self.token(stranger, header: Self.header(stranger, named: false))
        #expect(outcome(nameless, ring: ring) == "unsupported_algorithm")
    }

    @Test("the signature of one curve under the name of another", arguments: asymmetric, asymmetric)
    func otherKind(_ own: KeyAlgorithm, _ other: KeyAlgorithm) throws {
        guard own.family != other.family else { return }
        let key = Keys.key(1, own)
        let ring = Keys.ring(Self.published(key))
        let stranger = Keys.key(1, other)
        #expect(try outcome(Self.token(stranger, header: Self.header(key)), ring: ring) == "bad_signature")
        let named = Self.header(key, alg: other.rawValue)
        #expect(try outcome(Self.token(stranger, header: named), ring: ring) == "unsupported_algorithm")
    }

    @Test("a key whose material is of another kind than its algorithm is not held at all", arguments: asymmetric)
    func unfitMaterial(_ algorithm: KeyAlgorithm) throws {
        for other in KeyAlgorithm.allCases where other.family != algorithm.family {
            let unfit = Self.key(Keys.key(1, algorithm), as: other)
            #expect(!unfit.isUsable)
            let header = Self.header(unfit)
            #expect(
                try outcome(Self.token(Keys.key(1, algorithm), header: header), ring: Keys.ring(unfit)) == "unknown_key"
            )
        }
    }

    @Test("alg none, in each spelling, and an empty signature", arguments: AttackTests.nones)
    func none(_ alg: String) throws {
        let key = Keys.key(1, .es256)
        let ring = Keys.ring(Self.published(key))
        for named in [true, false] {
            let text = Mint.encode(Self.header(key, alg: alg, named: named)) + "." + Mint.encode(Payload().text) + "."
            #expect(outcome(text, ring: ring) == "unsupported_algorithm")
            let empty = Mint.encode(Self.header(key, named: named)) + "." + Mint.encode(Payload().text) + "."
            #expect(outcome(empty, ring: ring) == "bad_signature")
        }
    }

    @Test("signatures that are cut, padded, all zeros or all ones, or changed in one bit", arguments: asymmetric)
    func signatures(_ algorithm: KeyAlgorithm) throws {
        let key = Keys.key(1, algorithm)
        let ring = Keys.ring(Self.published(key))
        let (signed, signature) = try Self.parts(key)
        func with(_ signature: [UInt8]) -> String { outcome(signed + "." + Mint.encode(signature), ring: ring) }
        #expect(with(signature) == "valid")
        #expect(signature.count == key.material.publicKey?.signatureBytes)
        for length in [0, 1, signature.count / 2, signature.count - 1] {
            #expect(with(Array(signature.prefix(length))) == "bad_signature")
            #expect(with(Array(signature.suffix(length))) == "bad_signature")
        }
        for more in [1, 2, 64, 1_025] {
            #expect(with(signature + [UInt8](repeating: 0, count: more)) == "bad_signature")
            #expect(with([UInt8](repeating: 0, count: more) + signature) == "bad_signature")
        }
        // CVE-2022-21449: r and s of zero once passed for every message.
        for fill in [UInt8.min, 1, .max] {
            #expect(with([UInt8](repeating: fill, count: signature.count)) == "bad_signature")
        }
        #expect(with([UInt8](repeating: 0, count: signature.count - 1) + [1]) == "bad_signature")
        for index in signature.indices {
            var changed = signature
            changed[index] ^= 1 << (index % 8)
            #expect(with(changed) == "bad_signature")
        }
    }

    @Test(
        "ECDSA as DER, which other protocols have, is no signature of a JWS",
        arguments: [KeyAlgorithm.es256, .es384, .es512])
    func derSignature(_ algorithm: KeyAlgorithm) throws {
        let key = Keys.key(1, algorithm)
        let (signed, signature) = try Self.parts(key)
        func integer(_ digits: ArraySlice<UInt8>) -> [UInt8] {
            var digits = Array(digits.drop { $0 == 0 })
            if digits.first.map({ $0 >= 0x80 }) ?? true { digits.insert(0, at: 0) }
            return [0x02, UInt8(digits.count)] + digits
        }
        let body = integer(signature.prefix(signature.count / 2)) + integer(signature.suffix(signature.count / 2))
        let der = [0x30] + (body.count < 0x80 ? [] : [0x81]) + [UInt8(body.count)] + body
        #expect(outcome(signed + "." + Mint.encode(der), ring: Keys.ring(Self.published(key))) == "bad_signature")
    }

    @Test(
        "Ed25519: S plus the order of the group is another spelling of the same signature, and refused (RFC 8032 §5.1.7)"
    )
    func malleable() throws {
        let order: [UInt8] =
            [
                0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14,
            ] + [UInt8](repeating: 0, count: 15) + [0x10]
        let key = Keys.key(1, .eddsa)
        var (signed, signature) = try Self.parts(key)
        var carry = 0
        for index in order.indices {
            carry += Int(signature[32 + index]) + Int(order[index])
            signature[32 + index] = UInt8(carry & 0xFF)
            carry >>= 8
        }
        #expect(carry == 0)
        #expect(outcome(signed + "." + Mint.encode(signature), ring: Keys.ring(Self.published(key))) == "bad_signature")
    }

    @Test("another key of the same kind under the held one's kid")
    func otherKey() throws {
        for algorithm in [KeyAlgorithm.es256, .es384, .es512, .eddsa, .rs256, .ps256] {
            let key = Keys.key(1, algorithm)
            let stranger = RingKey(
                id: key.id, algorithm: algorithm, material: try KeyMaterial.generate(for: algorithm), state: .current)
            #expect(try outcome(Self.token(stranger), ring: Keys.ring(Self.published(key))) == "bad_signature")
        }
    }

    @Test("a public key signs nothing", arguments: asymmetric)
    func publicKeysDoNotSign(_ algorithm: KeyAlgorithm) async throws {
        let ring = Keys.ring(Self.published(Keys.key(1, algorithm)))
        let issuer = TokenIssuer(issuer: "lockstep-platform", audience: "lockstep", lifetime: 900)
        let claims = AccessClaims(subject: "u-1", email: "", roles: ["viewer"], sessionID: "s-1")
        let error = await #expect(throws: SecretError.self) {
            try await issuer.issue(claims, ring: ring, signers: .local, now: now)
        }
        #expect(error?.code == "no_signing_key")
    }
}
