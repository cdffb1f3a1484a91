import Contracts
import HTTPTypes
import PlantTesting
import Secrets
import TestSupport
import Testing
import Tokens

@testable import Plant

@Suite("What the plant revokes", .timeLimit(.minutes(10)))
struct RevocationTests {
    private func patch(_ plant: PlantFixture, _ id: String, _ json: String) async throws {
        let answer = try await plant.send(
            .patch, "/api/v1/customers/\(id)", token: plant.token("admin"), headers: [("If-Match", "*")], json: json)
        #expect(answer.status == .ok, "\(answer.text)")
    }

    @Test("a customer that is suspended is told of once, with its user; other changes, and its return, are not")
    func suspended() async throws {
        try await PlantFixture.use { plant in
            #expect(try await plant.register().status == .created)
            try await patch(plant, "c-1", #"{"plan":"gold"}"#)
            #expect(try await plant.told().isEmpty)
            try await patch(plant, "c-1", #"{"status":"suspended"}"#)
            try await patch(plant, "c-1", #"{"plan":"free"}"#)
            try await patch(plant, "c-1", #"{"status":"active"}"#)
            let events = try await plant.told()
            #expect(events.map(\.event) == [.accountDisabled])
            #expect(events.map(\.subject) == [.customer(id: "c-1", user: "u-1")])
            #expect(events.map(\.issuer) == ["lockstep-plant"])
            #expect(events.map(\.occurredAt) == [plant.clock.now])
        }
    }

    @Test("so is one that is deleted")
    func deleted() async throws {
        try await PlantFixture.use { plant in
            let (id, tag) = try await plant.makeCustomer(email: "ada@example.com")
            let answer = try await plant.send(
                .delete, "/api/v1/customers/\(id)", token: plant.token("admin"), headers: [("If-Match", tag)])
            #expect(answer.status == .noContent)
            #expect(try await plant.told().map(\.subject) == [.customer(id: id, user: nil)])
        }
    }

    @Test("a change that is refused tells nothing")
    func refused() async throws {
        try await PlantFixture.use { plant in
            let (id, _) = try await plant.makeCustomer(email: "ada@example.com")
            let answer = try await plant.send(
                .patch, "/api/v1/customers/\(id)", token: plant.token("admin"), headers: [("If-Match", "\"v9\"")],
                json: #"{"status":"suspended"}"#)
            #expect(answer.status == .preconditionFailed)
            #expect(try await plant.told().isEmpty)
        }
    }

    @Test("is for the internal token alone; people's tokens, staff's among them, open nothing")
    func locked() async throws {
        try await PlantFixture.use { plant in
            for token in [nil, try plant.token("super_admin"), "wrong"] {
                let answer = try await plant.send(.get, RevocationPage.path, token: token)
                #expect(answer.status == .notFound || answer.status == .unauthorized)
            }
            let gone = try await plant.send(
                .get, RevocationPage.path + "?after=x.1", token: PlantFixture.internalToken)
            #expect(gone.code == "cursor_unknown")
        }
    }
}
