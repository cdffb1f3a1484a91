import Foundation
import Secrets
import Testing
import Tokens

/// Wycheproof's JSON Web Key vectors: each brings a key set and a token signed with it.
@Suite("Wycheproof JSON Web Keys", .enabled(if: Vectors.arePresent, Vectors.absence))
struct WycheproofJWKTests {
    struct File: Decodable {
        var numberOfTests: Int
        var testGroups: [Group]
    }
    struct Group: Decodable {
        var comment: String
        var `private`: KeySet
        /// Absent for symmetric keys.
        var `public`: KeySet?
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

    @Test("every vector, with its keys and, where they are asymmetric, with the public ones alone")
    func vectors() throws {
        let file: File = try Vectors.read("wycheproof/json_web_key_test.json")
        var ran = 0
        for group in file.testGroups {
            let sets = try [group.private, group.public].compactMap { $0 }.map { try JSONEncoder().encode($0) }
            for vector in group.tests {
                for set in sets {
                    #expect(
                        verifies(vector.jws, keys: Array(set)) == (vector.result == "valid"),
                        "vector \(vector.tcId), \(group.comment): \(vector.comment)")
                }
                ran += 1
            }
        }
        Vectors.report("Wycheproof JSON Web Keys", ran: ran, of: file.numberOfTests)
    }

    private func verifies(_ token: String, keys: [UInt8]) -> Bool {
        guard let set = try? JWKSet(keys) else { return false }
        return (try? CompactJWS.verify(token, keys: PreparedKeys(keys: set.keys), now: 1_800_000_000)) != nil
    }
}
