import Foundation
import Secrets
import Testing
import Tokens

/// Wycheproof's JSON Web Key vectors that concern symmetric keys: each brings a key set and a token signed with it.
@Suite("Wycheproof JSON Web Keys", .enabled(if: Vectors.arePresent, Vectors.absence))
struct WycheproofJWKTests {
    struct File: Decodable {
        var numberOfTests: Int
        var testGroups: [Group]
    }
    struct Group: Decodable {
        var comment: String
        var `private`: KeySet
        var tests: [Vector]
    }
    struct KeySet: Codable {
        var keys: [[String: String]]
    }
    struct Vector: Decodable {
        var tcId: Int
        var comment: String
        var jws: String
        var result: String
    }

    @Test("every vector with a symmetric key: valid ones verify, invalid ones do not")
    func vectors() throws {
        let file: File = try Vectors.read("wycheproof/json_web_key_test.json")
        let symmetric = file.testGroups.filter { $0.private.keys.contains { $0["kty"] == "oct" } }
        let others = file.testGroups.filter { $0.private.keys.allSatisfy { $0["kty"] != "oct" } }
        let count = symmetric.reduce(0) { $0 + $1.tests.count }
        // None is lost between the two.
        #expect(count + others.reduce(0) { $0 + $1.tests.count } == file.numberOfTests)
        #expect(count >= 15)

        var ran = 0
        for group in symmetric {
            let set = try JSONEncoder().encode(group.private)
            for vector in group.tests {
                #expect(
                    verifies(vector.jws, keys: Array(set)) == (vector.result == "valid"),
                    "vector \(vector.tcId), \(group.comment): \(vector.comment)")
                ran += 1
            }
        }
        Vectors.report("Wycheproof JSON Web Keys, symmetric", ran: ran, of: count)
    }

    private func verifies(_ token: String, keys: [UInt8]) -> Bool {
        guard let set = try? JWKSet(keys) else { return false }
        return (try? CompactJWS.verify(token, keys: PreparedKeys(keys: set.keys), now: 1_800_000_000)) != nil
    }
}
