import HTTPTypes
import PlantTesting
import ServiceKit
import TestSupport
import Testing

@testable import Plant

private let uri = "/api/v1/customers"

@Suite("Changing a customer", .timeLimit(.minutes(10)))
struct CustomerChangeTests {
    @Test("a change without If-Match is 428, with a stale or weak one 412, and changes nothing")
    func preconditions() async throws {
        try await PlantFixture.use { plant in
            let token = try plant.token("admin")
            let (id, tag) = try await plant.makeCustomer(email: "ada@example.com")
            let body = #"{"name":"Grace","email":"ada@example.com"}"#
            for method in [HTTPRequest.Method.put, .patch, .delete] {
                let json = method == .delete ? nil : body
                let without = try await plant.send(method, "\(uri)/\(id)", token: token, json: json)
                #expect(without.code == "precondition_required", "\(method)")
                #expect(without.status.code == 428, "\(method)")
                for stale in ["\"v0\"", "\"v2\"", "W/\(tag)", "v1", "\"\""] {
                    let answer = try await plant.send(
                        method, "\(uri)/\(id)", token: token, headers: [("If-Match", stale)], json: json)
                    #expect(answer.code == "precondition_failed", "\(method) \(stale)")
                }
            }
            #expect(try await plant.send(.get, "\(uri)/\(id)", token: token)["name"] == "Ada")
        }
    }

    @Test("of two that read the same version, the second to write is told")
    func lostUpdate() async throws {
        try await PlantFixture.use { plant in
            let token = try plant.token("admin")
            let (id, tag) = try await plant.makeCustomer(email: "ada@example.com")
            let first = try await plant.send(
                .patch, "\(uri)/\(id)", token: token, headers: [("If-Match", tag)], json: #"{"plan":"pro"}"#)
            #expect(first.status == .ok)
            #expect(first.headers[.eTag] == "\"v2\"")
            let second = try await plant.send(
                .patch, "\(uri)/\(id)", token: token, headers: [("If-Match", tag)], json: #"{"plan":"basic"}"#)
            #expect(second.status == .preconditionFailed)
            #expect(try await plant.send(.get, "\(uri)/\(id)", token: token)["plan"] == "pro")
        }
    }

    @Test("PUT replaces the whole: what it leaves out is gone; what it read may be sent back")
    func replace() async throws {
        try await PlantFixture.use { plant in
            let token = try plant.token("admin")
            let (id, tag) = try await plant.makeCustomer(email: "ada@example.com")
            let patched = try await plant.send(
                .patch, "\(uri)/\(id)", token: token, headers: [("If-Match", tag)],
                json: #"{"phone":"+49 30 123456","notes":"line\nbreak"}"#)
            #expect(patched["phone"] == "+49 30 123456")
            let sentBack = try await plant.send(
                .put, "\(uri)/\(id)", token: token, headers: [("If-Match", "\"v2\"")], json: patched.text)
            #expect(sentBack.status == .ok)
            #expect(sentBack["phone"] == "+49 30 123456")
            plant.clock.advance(10)
            let replaced = try await plant.send(
                .put, "\(uri)/\(id)", token: token, headers: [("If-Match", "\"v3\"")],
                json: #"{"name":"Grace","email":"grace@example.com"}"#)
            #expect(replaced["name"] == "Grace")
            #expect(!replaced.members.contains("phone"))
            #expect(replaced["updated_at"] == Timestamp(seconds: plant.clock.now).text)
            #expect(replaced["created_at"] == Timestamp(seconds: plant.clock.now - 10).text)
        }
    }

    static let refusedPatches: [(String, Set<String>)] = [
        (#"{"name":null}"#, ["name"]), (#"{"email":null}"#, ["email"]), (#"{"status":"gone"}"#, ["status"]),
        (#"{"id":"other"}"#, ["id"]), (#"{"created_at":0}"#, ["created_at"]), (#"{"version":99}"#, ["version"]),
        (#"{"id":null}"#, ["id"]), (#"{"deleted_at":0}"#, ["deleted_at"]), (#"{"nonsense":true}"#, ["nonsense"]),
        (#"{"name":{"first":"A"}}"#, ["name"]),
    ]

    @Test("a patch may not remove what is required, nor set what the plant owns", arguments: refusedPatches)
    func refusedPatch(_ patch: String, _ fields: Set<String>) async throws {
        try await PlantFixture.use { plant in
            let token = try plant.token("admin")
            let (id, tag) = try await plant.makeCustomer(email: "ada@example.com")
            let answer = try await plant.send(
                .patch, "\(uri)/\(id)", token: token, headers: [("If-Match", tag)], json: patch)
            #expect(answer.status == .unprocessableContent)
            #expect(answer.fields == fields)
            #expect(try await plant.send(.get, "\(uri)/\(id)", token: token).headers[.eTag] == tag)
        }
    }

    @Test("a merge patch removes an optional field by null, under its own media type too")
    func mergePatch() async throws {
        try await PlantFixture.use { plant in
            let token = try plant.token("admin")
            let (id, _) = try await plant.makeCustomer(email: "ada@example.com")
            _ = try await plant.send(
                .patch, "\(uri)/\(id)", token: token, headers: [("If-Match", "*")], json: #"{"phone":"0123456"}"#)
            let answer = try await plant.send(
                .patch, "\(uri)/\(id)", token: token,
                headers: [("If-Match", "*"), ("Content-Type", "application/merge-patch+json")],
                json: #"{"phone":null,"plan":null}"#)
            #expect(answer.status == .ok)
            #expect(!answer.members.contains("phone"))
            #expect(answer["plan"] == "free")
        }
    }

    @Test("an email taken by another is a conflict for PUT and PATCH too")
    func takenEmail() async throws {
        try await PlantFixture.use { plant in
            let token = try plant.token("admin")
            _ = try await plant.makeCustomer(email: "ada@example.com")
            let (id, tag) = try await plant.makeCustomer(email: "eve@example.com")
            for method in [HTTPRequest.Method.put, .patch] {
                let answer = try await plant.send(
                    method, "\(uri)/\(id)", token: token, headers: [("If-Match", tag)],
                    json: #"{"name":"Eve","email":"ada@example.com"}"#)
                #expect(answer.status == .conflict, "\(method)")
            }
        }
    }

    @Test("If-None-Match of what is stored is 304")
    func notModified() async throws {
        try await PlantFixture.use { plant in
            let token = try plant.token("viewer")
            let (id, tag) = try await plant.makeCustomer(email: "ada@example.com")
            let same = try await plant.send(
                .get, "\(uri)/\(id)", token: token, headers: [("If-None-Match", "W/\(tag)")])
            #expect(same.status == .notModified)
            let other = try await plant.send(.get, "\(uri)/\(id)", token: token, headers: [("If-None-Match", "\"v9\"")])
            #expect(other.status == .ok)
        }
    }
}
