import Foundation
import Secrets
import Testing
import Tokens

/// The JOSE cookbook (RFC 7520) in the compact serialisation.
@Suite("JOSE cookbook", .enabled(if: Vectors.arePresent, Vectors.absence))
struct CookbookTests {
    struct Example: Decodable {
        struct Input: Decodable {
            var payload: String
            var key: [String: String]
        }
        struct Signing: Decodable {
            var input: String
            var sig: String
            enum CodingKeys: String, CodingKey {
                case sig
                case input = "sig-input"
            }
        }
        struct Output: Decodable {
            struct Flat: Decodable {
                var payload: String?
                var protected: String
                var signature: String
            }
            var compact: String?
            var flat: Flat
            enum CodingKeys: String, CodingKey {
                case compact
                case flat = "json_flat"
            }
        }
        var input: Input
        var signing: Signing
        var output: Output
    }

    private func keys(of example: Example, _ algorithm: KeyAlgorithm? = nil) throws -> [RingKey] {
        try JWKSet(Array(JSONEncoder().encode(example.input.key)), algorithm: algorithm).keys
    }

    static let signatures: [(file: String, algorithm: KeyAlgorithm)] = [
        ("4_1.rsa_v15_signature", .rs256), ("4_2.rsa-pss_signature", .ps384), ("4_3.ecdsa_signature", .es512),
    ]

    @Test(
        "4.1 RS256, 4.2 PS384, 4.3 ES512: verified, and refused under another algorithm or when changed",
        arguments: signatures)
    func signature(file: String, algorithm: KeyAlgorithm) throws {
        let example: Example = try Vectors.read("jose-cookbook/jws/\(file).json")
        let keys = PreparedKeys(keys: try keys(of: example, algorithm))
        let compact = try #require(example.output.compact)
        let verified = try CompactJWS.verify(compact, keys: keys, now: 0)
        #expect(String(decoding: verified.payload, as: UTF8.self) == example.input.payload)
        #expect(verified.algorithm == algorithm)
        #expect(verified.keyID == KeyID(try #require(example.input.key["kid"])))

        if let other = [KeyAlgorithm.rs256: KeyAlgorithm.ps256, .ps384: .rs384][algorithm] {
            let others = PreparedKeys(keys: try self.keys(of: example, other))
            #expect(throws: TokenError.self) { try CompactJWS.verify(compact, keys: others, now: 0) }
        }
        let parts = compact.split(separator: ".").map(String.init)
        for index in parts.indices {
            var changed = parts
            changed[index] = String(changed[index].dropLast(4)) + "AAAA"
            #expect(throws: TokenError.self) {
                try CompactJWS.verify(changed.joined(separator: "."), keys: keys, now: 0)
            }
        }
        Vectors.report("JOSE cookbook \(file.prefix(3))", ran: 1, of: 1)
    }

    @Test("3.1 to 3.4: public and private keys of EC and RSA are read, and name the same key")
    func keyPairs() throws {
        func key(_ path: String, _ algorithm: KeyAlgorithm) throws -> RingKey {
            let bytes = try Array(Data(contentsOf: Vectors.folder.appending(path: "jose-cookbook/jwk/\(path).json")))
            return try #require(try JWKSet(bytes, algorithm: algorithm).keys.first)
        }
        #expect(
            try key("3_1.ec_public_key", .es512).material.publicKey
                == key("3_2.ec_private_key", .es512).material.publicKey)
        #expect(
            try key("3_3.rsa_public_key", .rs256).material.publicKey
                == key("3_4.rsa_private_key", .rs256).material.publicKey)
        Vectors.report("JOSE cookbook 3.1 to 3.4", ran: 4, of: 4)
    }

    @Test("4.4, HMAC-SHA2 integrity protection: computed, verified, and refused when changed")
    func integrityProtection() throws {
        let example: Example = try Vectors.read("jose-cookbook/jws/4_4.hmac-sha2_integrity_protection.json")
        let keys = try keys(of: example)
        let key = try #require(keys.first)
        #expect(key.id == KeyID("018c0ae5-4d9b-471b-bfd6-eef314bc7037"))
        #expect(
            Base64URL.encode(MACKey(hs256: try #require(key.secret)).tag(Array(example.signing.input.utf8)))
                == example.signing.sig)

        let compact = try #require(example.output.compact)
        #expect(compact == example.signing.input + "." + example.signing.sig)
        let flat = example.output.flat
        #expect(compact == "\(flat.protected).\(flat.payload ?? "").\(flat.signature)")
        let verified = try CompactJWS.verify(compact, keys: PreparedKeys(keys: keys), now: 0)
        #expect(String(decoding: verified.payload, as: UTF8.self) == example.input.payload)
        #expect(verified.algorithm == .hs256)

        let bytes = Array(compact.utf8)
        var refused = 0
        for index in bytes.indices {
            var changed = bytes
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let text = String(decoding: changed, as: UTF8.self)
            if (try? CompactJWS.verify(text, keys: PreparedKeys(keys: keys), now: 0)) == nil { refused += 1 }
        }
        #expect(refused == bytes.count)
        Vectors.report("JOSE cookbook 4.4", ran: 1, of: 1)
    }

    @Test("4.5, detached content: with the payload put back it verifies, without it does not")
    func detached() throws {
        let example: Example = try Vectors.read("jose-cookbook/jws/4_5.signature_with_detached_content.json")
        let keys = PreparedKeys(keys: try keys(of: example))
        let whole = example.signing.input + "." + example.signing.sig
        let verified = try CompactJWS.verify(whole, keys: keys, now: 0)
        #expect(String(decoding: verified.payload, as: UTF8.self) == example.input.payload)
        let detached = try #require(example.output.compact)
        #expect(throws: TokenError.self) { try CompactJWS.verify(detached, keys: keys, now: 0) }
        Vectors.report("JOSE cookbook 4.5", ran: 1, of: 1)
    }

    @Test("3.5 is a key for verifying, 3.6 is for encryption and is not")
    func symmetricKeys() throws {
        func set(_ path: String) throws -> JWKSet {
            try JWKSet(Array(Data(contentsOf: Vectors.folder.appending(path: path))))
        }
        #expect(try set("jose-cookbook/jwk/3_5.symmetric_key_mac_computation.json").keys.count == 1)
        #expect(throws: JWKSetFault.self) { try set("jose-cookbook/jwk/3_6.symmetric_key_encryption.json") }
        Vectors.report("JOSE cookbook 3.5 and 3.6", ran: 2, of: 2)
    }
}
