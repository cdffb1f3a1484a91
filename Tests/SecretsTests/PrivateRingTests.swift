import Foundation
import Secrets
import TestSupport
import Testing

@Suite("Rings of private keys")
struct PrivateRingTests {
    /// One of each algorithm: RSA keys take their time.
    static let materials: [KeyAlgorithm: KeyMaterial] = Dictionary(
        uniqueKeysWithValues: KeyAlgorithm.allCases.compactMap { algorithm in
            (try? KeyMaterial.generate(for: algorithm)).map { (algorithm, $0) }
        })

    static func key(_ algorithm: KeyAlgorithm, _ state: KeyState = .current, id: String? = nil) throws -> RingKey {
        let material = try #require(materials[algorithm])
        let derived = KeyID.derived(from: material)
        return RingKey(
            id: id.map { KeyID($0) } ?? derived, aliases: id == nil ? [] : [derived], algorithm: algorithm,
            material: material, state: state)
    }

    static func read(_ value: SecretBytes) throws(SecretError) -> RingDocument {
        try RingDocument(
            StoredSecret(current: value), algorithm: .hs256, environment: .production, label: "a test")
    }

    @Test("what the writer writes the reader reads as the same keys, whatever they are and in whatever states")
    func roundTrip() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<40 {
            let algorithms = KeyAlgorithm.allCases.shuffled(using: &generator)
                .prefix(Int.random(in: 1...13, using: &generator))
            let signing = Int.random(in: 0..<algorithms.count, using: &generator)
            let keys = try algorithms.enumerated().map { index, algorithm in
                let others: [KeyState] = [.next, .previous, .revoked]
                let state = index == signing ? .current : others.randomElement(using: &generator) ?? .next
                let named = try Self.key(
                    algorithm, state, id: Bool.random(using: &generator) ? "key-\(index)" : nil)
                let retires = (state == .previous || state == .revoked) && Bool.random(using: &generator)
                guard case .privateKey(let privateKey) = named.material, Bool.random(using: &generator) else {
                    return named.becoming(state, retireAt: retires ? 1_900_000_000 : nil)
                }
                let reference = try #require(KMSReference("gcp-kms://acme/global/ring/key-\(index)/3"))
                return RingKey(
                    id: named.id, aliases: named.aliases, algorithm: algorithm,
                    material: Bool.random(using: &generator)
                        ? .publicKey(privateKey.publicKey) : .remote(privateKey.publicKey, reference),
                    state: state, retireAt: retires ? 1_900_000_000 : nil)
            }
            let document = RingDocument(keys: keys, layout: .jwks)
            let read = try Self.read(try document.stored().current)
            #expect(read == document)
            #expect(try read.stored().current == document.stored().current)
        }
    }

    @Test(
        "a private key that was written and read signs as before",
        arguments: KeyAlgorithm.allCases.filter { !$0.isSymmetric })
    func signsStill(_ algorithm: KeyAlgorithm) throws {
        let key = try Self.key(algorithm)
        let read = try #require(try Self.read(JWKSetWriter.ring([key])).keys.first)
        guard case .privateKey(let privateKey) = read.material else {
            Issue.record("the private members were lost")
            return
        }
        let message = Array("a message".utf8)
        let signature = try privateKey.sign(message, algorithm: algorithm)
        let isValid = signature.withUnsafeBytes { signature in
            message.withUnsafeBytes {
                key.material.publicKey?.isValid(signature, for: $0, algorithm: algorithm) ?? false
            }
        }
        #expect(isValid)
    }

    typealias Members = [String: String]

    /// The members of a JWK of ours.
    static func members(_ algorithm: KeyAlgorithm) throws -> Members {
        let text = JWKSetWriter.ring([try key(algorithm)]).withUnsafeBytes { Data($0) }
        let set = try JSONSerialization.jsonObject(with: text) as? [String: [Members]]
        return try #require(set?["keys"]?.first)
    }

    static func ring(_ members: [Members]) throws -> SecretBytes {
        SecretBytes(Array(try JSONSerialization.data(withJSONObject: ["keys": members])))
    }

    /// A JWK of the algorithm whose member is replaced by what the closure makes of it; nil removes it.
    struct Attack: Sendable, CustomTestStringConvertible {
        let name: String
        let algorithm: KeyAlgorithm
        let member: String
        let said: String
        let value: @Sendable (String) throws -> String?
        var testDescription: String { "\(algorithm.rawValue): \(name)" }

        init(
            _ name: String, _ algorithm: KeyAlgorithm, _ member: String, _ said: String,
            _ value: @escaping @Sendable (String) throws -> String?
        ) {
            (self.name, self.algorithm, self.member, self.said, self.value) = (name, algorithm, member, said, value)
        }
    }

    static func changed(_ text: String, _ change: (inout [UInt8]) -> Void) throws -> String {
        var bytes = try #require(Base64URL.decode(text))
        change(&bytes)
        return Base64URL.encode(bytes)
    }

    static let attacks: [Attack] = [
        Attack("another scalar", .es256, "d", "private members") { try changed($0) { $0[31] ^= 1 } },
        Attack("another scalar", .es512, "d", "private members") { try changed($0) { $0[65] ^= 1 } },
        Attack("a scalar of zero", .es256, "d", "private members") { _ in
            Base64URL.encode([UInt8](repeating: 0, count: 32))
        },
        Attack("a short scalar", .es384, "d", "d is not 48 bytes") { try changed($0) { $0.removeFirst() } },
        Attack("a padded scalar", .es256, "d", "d is not 32 bytes") { try changed($0) { $0.insert(0, at: 0) } },
        Attack("another curve", .es256, "crv", "x or y is not 48 bytes") { _ in "P-384" },
        Attack("an unknown curve", .es256, "crv", "crv is none of") { _ in "secp256k1" },
        Attack("no curve", .es256, "crv", "crv is missing") { _ in nil },
        Attack("a point that is not on the curve", .es256, "y", "no point") { try changed($0) { $0[31] ^= 1 } },
        Attack("a padded coordinate", .es256, "x", "x or y is not 32 bytes") {
            try changed($0) { $0.insert(0, at: 0) }
        },
        Attack("padding", .es256, "x", "x is no canonical base64url") { $0 + "=" },
        Attack("the algorithm of another curve", .es256, "alg", "another kind of key") { _ in "ES384" },
        Attack("HMAC with a public key", .es256, "alg", "another kind of key") { _ in "HS256" },
        Attack("HMAC with an RSA key", .rs256, "alg", "another kind of key") { _ in "HS256" },
        Attack("another type", .es256, "kty", "n is missing") { _ in "RSA" },
        Attack("a type of no key", .es256, "kty", "kty is none of") { _ in "AKP" },
        Attack("another seed", .eddsa, "d", "private members") { try changed($0) { $0[0] ^= 1 } },
        Attack("a long seed", .eddsa, "d", "private members") { try changed($0) { $0 += $0 } },
        Attack("Diffie-Hellman", .eddsa, "crv", "crv is not Ed25519") { _ in "X25519" },
        Attack("a short public key", .eddsa, "x", "32 bytes") { try changed($0) { $0.removeLast() } },
        Attack("another exponent", .rs256, "d", "private members") { try changed($0) { $0[9] ^= 1 } },
        Attack("no factor", .rs256, "p", "p is missing") { _ in nil },
        Attack("a factor of one", .rs256, "p", "private members") { _ in "AQ" },
        Attack("a factor of zero", .rs256, "q", "private members") { _ in "AA" },
        Attack("no digits at all", .rs256, "q", "private members") { _ in "" },
        Attack("an even factor", .rs256, "q", "private members") { try changed($0) { $0[$0.count - 1] ^= 1 } },
        Attack("a padded factor", .rs256, "p", "private members") { try changed($0) { $0.insert(0, at: 0) } },
        Attack("another d mod p - 1", .rs256, "dp", "private members") { try changed($0) { $0[3] ^= 1 } },
        Attack("another inverse", .rs256, "qi", "private members") { try changed($0) { $0[3] ^= 1 } },
        Attack("some members of many", .rs256, "dq", "dq is missing") { _ in nil },
        Attack("a small modulus", .ps256, "n", "2040 bits") {
            try changed($0) {
                $0.removeLast(); $0[0] |= 0x80
            }
        },
        Attack("an even modulus", .rs256, "n", "n is even") { try changed($0) { $0[$0.count - 1] &= 0xFE } },
        Attack("a padded modulus", .rs256, "n", "n begins with a zero byte") {
            try changed($0) { $0.insert(0, at: 0) }
        },
        Attack("another modulus", .rs256, "n", "private members") { try changed($0) { $0[20] ^= 1 } },
        Attack("an exponent of one", .rs256, "e", "e is none of") { _ in "AQ" },
        Attack("an even exponent", .rs256, "e", "e is none of") { _ in "Ag" },
        Attack("a long exponent", .rs256, "e", "e is none of") { _ in Base64URL.encode([1, 0, 0, 0, 0, 1]) },
        Attack("a key that is both here and there", .es256, "kms", "d and kms") { _ in "aws-kms://eu-1/alias/a" },
    ]

    @Test(
        "a private key that is not whole, not its public half's, or too weak is refused by its place and member",
        arguments: attacks)
    func refused(_ attack: Attack) throws {
        var members = try Self.members(attack.algorithm)
        let secrets = members.values.filter { $0.count > 16 }
        members[attack.member] = try attack.value(members[attack.member] ?? "")
        let error = #expect(throws: SecretError.self) { try Self.read(try Self.ring([members])) }
        #expect(error?.code == "ring_malformed")
        #expect(error?.message.contains("keys[0].") == true)
        #expect(error?.message.contains(attack.said) == true, "\(error?.message ?? "")")
        for secret in secrets { #expect(error?.message.contains(secret.prefix(12)) == false) }
    }

    @Test(
        "the reference of a key elsewhere is a known one",
        arguments: ["", "aws-kms://", "https://kms.example/key", "gcp-kms://a/b/c"])
    func references(_ reference: String) throws {
        var members = try Self.members(.es256)
        members["d"] = nil
        members["kms"] = reference
        let error = #expect(throws: SecretError.self) { try Self.read(try Self.ring([members])) }
        #expect(error?.message.contains("keys[0].kms") == true)
    }

    @Test("one public key under two kids, private and public, is refused")
    func twice() throws {
        var other = try Self.members(.es256)
        other["kid"] = "b"
        other["state"] = "next"
        other["d"] = nil
        let error = #expect(throws: SecretError.self) { try Self.read(try Self.ring([Self.members(.es256), other])) }
        #expect(error?.message.contains("the same bytes") == true)
    }

    @Test("PEM is no secret: neither raw, nor as the k of a JWK, nor behind a space")
    func pem() throws {
        let info = try #require(Self.materials[.es256]?.publicKey).subjectPublicKeyInfo
        let pem = "-----BEGIN PUBLIC KEY----- \(Data(info).base64EncodedString()) -----END PUBLIC KEY-----"
        for text in [pem, " " + pem] {
            let raw = #expect(throws: SecretError.self) { try Self.read(SecretBytes(utf8: text)) }
            #expect(raw?.code == "secret_malformed")
            #expect(raw?.message.contains("PEM") == true)
            let jwk = ["kty": "oct", "kid": "a", "alg": "HS256", "state": "current", "k": Base64URL.encode(text.utf8)]
            let ring = #expect(throws: SecretError.self) { try Self.read(try Self.ring([jwk])) }
            #expect(ring?.message.contains("keys[0].k") == true)
        }
    }

    @Test("RFC 7638 §3.1: the thumbprint of an RSA key names it")
    func rsaThumbprint() throws {
        let modulus = """
            0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3\
            oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdA\
            ZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-\
            kEgU8awapJzKnqDKgw
            """
        let key = try PublicKey(
            .rsa(modulus: try #require(Base64URL.decode(modulus)), exponent: [1, 0, 1]))
        #expect(KeyID.derived(from: key) == KeyID("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"))
        #expect(try PublicKey(subjectPublicKeyInfo: key.subjectPublicKeyInfo) == key)
    }

    @Test(
        "a public key goes to its SubjectPublicKeyInfo and back",
        arguments: KeyAlgorithm.allCases.filter { !$0.isSymmetric })
    func publicKeyInfo(_ algorithm: KeyAlgorithm) throws {
        let key = try #require(Self.materials[algorithm]?.publicKey)
        #expect(try PublicKey(subjectPublicKeyInfo: key.subjectPublicKeyInfo) == key)
        #expect(throws: KeyMaterialFault.self) { try PublicKey(subjectPublicKeyInfo: [0x30, 0x00]) }
    }

    @Test("a generated secret is as long as its hash at least, and no private key is shown")
    func generated() throws {
        for algorithm in KeyAlgorithm.symmetric {
            #expect(try #require(Self.materials[algorithm]?.secret).count >= max(48, algorithm.minimumKeyBytes))
        }
        let key = try Self.key(.es256)
        let scalar = try #require(try Self.members(.es256)["d"])
        let bytes = "\(try #require(Base64URL.decode(scalar)).prefix(4))".dropFirst().dropLast()
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), "\(key.material)", dumped] {
            #expect(!text.contains(scalar) && !text.contains(bytes))
        }
    }
}
