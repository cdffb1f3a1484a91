import HTTPTypes
import PlantKit
import PlantTesting
import ServiceKit
import Storage
import TestSupport
import Testing

@testable import Plant

@Suite("The plant's audit log", .timeLimit(.minutes(10)))
struct AuditLogTests {
    private struct Entries: Decodable {
        struct Entry: Decodable {
            let position: Int64, at: String, actor: String, action: String, outcome: String
            let kind: String?, id: String?, request: String?, roles: [String]

            enum CodingKeys: String, CodingKey {
                case position, at, actor, action, outcome, roles
                case kind = "resource_kind"
                case id = "resource_id"
                case request = "request_id"
            }
        }
        let data: [Entry]
        let next: Int64?
    }

    private func entries(_ plant: PlantFixture, _ query: String = "") async throws -> Entries {
        let answer = try await plant.send(.get, "/api/v1/audit\(query)", token: plant.token("admin"))
        #expect(answer.status == .ok, "\(answer.text)")
        return try answer.decoded(Entries.self)
    }

    @Test("each change is told once, with who and what; what was refused or only read is not there")
    func changes() async throws {
        try await PlantFixture.use { plant in
            let (id, tag) = try await plant.makeCustomer(email: "ada@example.com")
            let token = try plant.token("operator", subject: "u-7")
            _ = try await plant.send(.get, "/api/v1/customers", token: token)
            _ = try await plant.send(.post, "/api/v1/customers", token: token, json: #"{"name":"no address"}"#)
            _ = try await plant.send(
                .patch, "/api/v1/customers/\(id)", token: token, headers: [("If-Match", "\"v99\"")],
                json: #"{"name":"Eve"}"#)
            let patched = try await plant.send(
                .patch, "/api/v1/customers/\(id)", token: token,
                headers: [("If-Match", tag), ("X-Request-Id", "req-4711")], json: #"{"name":"Eve"}"#)
            #expect(patched.status == .ok)
            let list = try await entries(plant)
            #expect(list.data.map(\.action) == ["core.updateCustomer", "core.createCustomer"])
            let newest = try #require(list.data.first)
            #expect(newest.actor == "u-7")
            #expect(newest.roles == ["operator"])
            #expect(newest.kind == "customers")
            #expect(newest.id == id)
            #expect(newest.at == Timestamp(seconds: plant.clock.now).text)
            #expect(newest.outcome == "done")
            #expect(newest.position == 2)
            #expect(try await entries(plant, "?actor=u-7").data.count == 1)
            #expect(try await entries(plant, "?action=core").data.count == 2)
            #expect(try await entries(plant, "?action=core.createCustomer&resource_id=\(id)").data.count == 1)
            #expect(try await entries(plant, "?outcome=refused").data.count == 0)
            #expect(try await entries(plant, "?limit=1").next == 2)
            #expect(try await entries(plant, "?before=2").data.map(\.position) == [1])
        }
    }

    @Test("what is done and not told is not done: the entry stands in the transaction of its change")
    func sameTransaction() async throws {
        try await PlantFixture.use { plant in
            try await plant.plant.database.write { transaction in
                try await transaction.execute("DELETE FROM audit_log_head", [])
            }
            let answer = try await plant.send(
                .post, "/api/v1/skills", token: plant.token("admin"), json: #"{"name":"Pruning"}"#)
            #expect(answer.status == .internalServerError)
            #expect(try await plant.send(.get, "/api/v1/skills", token: plant.token("admin")).integer("total") == 0)
        }
    }

    @Test("registrations that portals bring are told, once each, as the portal's")
    func registrations() async throws {
        try await PlantFixture.use { plant in
            for _ in 1...2 { _ = try await plant.register() }
            let told = try await entries(plant).data
            #expect(told.map(\.action) == ["core.registerCustomer"])
            #expect(told.map(\.actor) == ["lockstep-portal"])
            #expect(told.map(\.kind) == ["customers"])
            #expect(told.map(\.id) == ["c-1"])
        }
    }

    @Test("who exports a customer is told before the document is handed out; without the entry there is none")
    func exports() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            let uri = "/api/v1/customers/c-1/export"
            #expect(try await plant.send(.get, uri, token: plant.token("viewer")).code == "forbidden")
            #expect(try await plant.send(.get, uri, token: plant.token("admin", subject: "u-7")).status == .ok)
            let told = try #require(try await entries(plant).data.first)
            #expect(told.action == "core.exportCustomer")
            #expect(told.actor == "u-7")
            #expect(told.id == "c-1")
            try await plant.plant.database.write { transaction in
                try await transaction.execute("DELETE FROM audit_log_head", [])
            }
            let answer = try await plant.send(.get, uri, token: plant.token("admin"))
            #expect(answer.status == .internalServerError)
            #expect(!answer.text.contains("ada@example.com"))
        }
    }

    @Test("whoever may not, reads nothing of it", arguments: ["viewer", "operator", "helpdesk_agent", "customer"])
    func notForAll(_ role: String) async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            let token = try plant.token(role, customerID: role == "customer" ? "c-1" : nil)
            for path in ["/api/v1/audit", "/api/v1/audit/head"] {
                #expect(try await plant.send(.get, path, token: token).code == "forbidden")
            }
        }
    }

    @Test(
        "parameters that can't be accepted are named",
        arguments: ["from=yesterday", "limit=0", "limit=501", "before=x", "outcome=maybe", "who=me", "limit=1&limit=2"])
    func badQuery(_ query: String) async throws {
        try await PlantFixture.use { plant in
            let answer = try await plant.send(.get, "/api/v1/audit?\(query)", token: plant.token("admin"))
            #expect(answer.status == .unprocessableContent)
            #expect(answer.fields == [String(query.prefix { $0 != "=" })])
        }
    }

    @Test("the head is answered, and logged when it grew; a cut tail does not agree with it")
    func head() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.makeCustomer(email: "ada@example.com")
            _ = try await plant.makeCustomer(email: "eve@example.com")
            let keeping = AuditKeeping(
                database: plant.plant.database, retention: 86_400, maximumRecords: 1000,
                clock: WallClock { plant.clock.now }, logger: plant.log.logger)
            await keeping.look()
            await keeping.look()
            let answer = try await plant.send(.get, "/api/v1/audit/head", token: plant.token("admin"))
            let head = try #require(answer["head"])
            let logged = plant.log.lines.filter { $0.message == "Audit log head" }
            #expect(logged.count == 1)
            #expect("\(logged)".contains(head))
            let expected = try #require(AuditHead(head))
            let database = plant.plant.database
            #expect(try await AuditTrail.log.verify(expecting: [expected], in: database).isIntact)
            try await database.write { transaction in
                try await transaction.execute("DELETE FROM audit_log WHERE position = 2", [])
                try await transaction.execute(
                    "UPDATE audit_log_head SET position = 1, hash = (SELECT hash FROM audit_log WHERE position = 1)", []
                )
            }
            #expect(try await AuditTrail.log.verify(in: database).isIntact)
            #expect(try await AuditTrail.log.verify(expecting: [expected], in: database).isIntact == false)
        }
    }
}
