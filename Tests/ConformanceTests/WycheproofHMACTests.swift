import Secrets
import Testing
import Tokens

/// Wycheproof's HMAC-SHA256 vectors on the code that signs and verifies tokens.
@Suite("Wycheproof HMAC-SHA256", .enabled(if: Vectors.arePresent, Vectors.absence))
struct WycheproofHMACTests {
    struct File: Decodable {
        var numberOfTests: Int
        var testGroups: [Group]
    }
    struct Group: Decodable {
        var keySize: Int
        var tagSize: Int
        var tests: [Vector]
    }
    struct Vector: Decodable {
        var tcId: Int
        var key: String
        var msg: String
        var tag: String
        var result: String
    }

    @Test("every vector: full tags are accepted or refused as told, shortened tags are computed as told and refused")
    func vectors() throws {
        let file: File = try Vectors.read("wycheproof/hmac_sha256_test.json")
        var ran = 0
        for group in file.testGroups {
            for vector in group.tests {
                try check(vector, in: group)
                ran += 1
            }
        }
        Vectors.report("Wycheproof HMAC-SHA256", ran: ran, of: file.numberOfTests)
    }

    private func check(_ vector: Vector, in group: Group) throws {
        let key = MACKey(hs256: SecretBytes(try Vectors.bytes(hexadecimal: vector.key)))
        let message = try Vectors.bytes(hexadecimal: vector.msg)
        let tag = try Vectors.bytes(hexadecimal: vector.tag)
        #expect(tag.count * 8 == group.tagSize, "vector \(vector.tcId)")

        let isValid = vector.result == "valid"
        #expect((Array(key.tag(message).prefix(tag.count)) == tag) == isValid, "vector \(vector.tcId)")
        // RFC 7518 §3.2 knows whole tags only: a verifier of tokens refuses a shortened one, though it be right.
        let accepted = tag.withUnsafeBytes { tag in message.withUnsafeBytes { key.isValid(tag, for: $0) } }
        #expect(accepted == (isValid && group.tagSize == 256), "vector \(vector.tcId)")
    }
}
