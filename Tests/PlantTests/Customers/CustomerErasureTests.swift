import Contracts
import Foundation
import HTTPTypes
import PlantTesting
import Storage
import TestSupport
import Testing

@testable import Plant

private let uri = "/api/v1/customers"

@Suite("Exporting and erasing a customer", .timeLimit(.minutes(10)))
struct CustomerErasureTests {
    /// Everything that can remember a customer is made to: its own calls, staff's, kept answers, validations, a module.
    private func live(_ plant: PlantFixture) async throws {
        _ = try await plant.register(user: "u-ada", email: "Ada.Lovelace@example.com", name: "Ada Lovelace")
        let token = try plant.token("customer", subject: "u-ada", customerID: "c-1")
        _ = try await plant.send(.get, "/api/v1/auth/validate", token: token)
        _ = try await plant.send(
            .patch, "\(uri)/c-1", token: token, headers: [("If-Match", "*")], json: #"{"phone":"+44 20 7946 0123"}"#)
        _ = try await plant.send(.post, "/api/v1/keepsakes", token: token, headers: [("Idempotency-Key", "own")])
        _ = try await plant.send(
            .patch, "\(uri)/c-1", token: plant.token("admin"), headers: [("If-Match", "*")],
            json: #"{"notes":"Ada Lovelace called"}"#)
        _ = try await plant.act("c-1/trial", #"{"days":9}"#, headers: [("Idempotency-Key", "staff")])
        await plant.plant.audit.flush()
    }

    /// Every value of every table that holds one of the needles.
    private func traces(_ needles: [String], _ plant: PlantFixture) async throws -> [String] {
        try await plant.plant.database.read { transaction in
            var found: [String] = []
            for (table, column) in try await AllColumns.list(transaction) {
                for row in try await transaction.query("SELECT \(column) AS value FROM \(table)", []) {
                    let value: String
                    switch row["value"] {
                    case .text(let text): value = text
                    case .blob(let bytes): value = String(decoding: bytes, as: UTF8.self)
                    default: continue
                    }
                    if needles.contains(where: { value.lowercased().contains($0) }) {
                        found.append("\(table).\(column)")
                    }
                }
            }
            return found
        }
    }

    private static let needles = ["ada.lovelace@example.com", "u-ada@example.com", "ada lovelace", "7946 0123"]

    @Test("after an erasure no column of any table holds the email, the name or the phone; before it, many do")
    func noTrace() async throws {
        try await PlantFixture.use(modules: [Keepsakes.self]) { plant in
            try await live(plant)
            let before = Set(try await traces(Self.needles, plant))
            for column in [
                "customers.email", "customers.search_text", "idempotency_keys.body", "keepsakes_words.words",
            ] {
                #expect(before.contains(column), "\(column)")
            }
            #expect(try await traces(["u-ada"], plant).contains("validation_audit.subject"))
            let erased = try await plant.act(
                "c-1/erase", #"{"confirm":"ada.lovelace@example.com"}"#, headers: [("Idempotency-Key", "erase")])
            #expect(erased.status == .ok, "\(erased.text)")
            #expect(erased.text.contains(#""modules":["keepsakes"]"#))
            #expect(try await traces(Self.needles, plant) == [])
            // Verifiers have to know whose tokens are good no more, for as long as one may live.
            // The audit log's chain can't be written anew.
            #expect(Set(try await traces(["u-ada"], plant)) == ["revocations.payload", "audit_log.actor"])
        }
    }

    @Test("tokens are revoked and worth nothing, whatever is delivered or asked for later")
    func gone() async throws {
        try await PlantFixture.use(modules: [Keepsakes.self]) { plant in
            try await live(plant)
            let body = #"{"confirm":"Ada.Lovelace@Example.com"}"#
            let key = [("Idempotency-Key", "k")]
            let first = try await plant.act("c-1/erase", body, headers: key)
            #expect(first.status == .ok)
            #expect(try await plant.act("c-1/erase", body, headers: key).text == first.text)
            #expect(try await plant.act("c-1/erase", body).code == "not_found")
            #expect(try await plant.told().map(\.subject) == [.customer(id: "c-1", user: "u-ada")])
            for token in [
                try plant.token("customer", subject: "u-ada", customerID: "c-1"),
                try plant.token("customer", subject: "u-ada"),
            ] {
                let answer = try await plant.send(.get, "/api/v1/auth/validate", token: token)
                #expect(answer.code == "customer_unknown")
            }
            for event in ["e-1", "e-9"] {
                let late = try await plant.register(event: event, user: "u-ada", email: "ada.lovelace@example.com")
                #expect(late["status"] == "known", "\(late.text)")
            }
            #expect(try await plant.send(.get, uri, token: plant.token("admin")).integer("total") == 0)
            #expect(try await traces(["ada.lovelace"], plant) == [])
        }
    }

    @Test("another confirmation erases nothing", arguments: ["bob@example.com", "ada.lovelace@example.co", "%"])
    func unconfirmed(_ confirmation: String) async throws {
        try await PlantFixture.use(modules: [Keepsakes.self]) { plant in
            try await live(plant)
            let answer = try await plant.act("c-1/erase", #"{"confirm":"\#(confirmation)"}"#)
            #expect(answer.fields == ["confirm"])
            #expect(!answer.text.contains("lovelace@example.com"))
            let read = try await plant.send(.get, "\(uri)/c-1", token: plant.token("admin"))
            #expect(read["email"] == "ada.lovelace@example.com")
            #expect(try await plant.told().isEmpty)
        }
    }

    @Test("a module that throws keeps everything as it was")
    func stubborn() async throws {
        try await PlantFixture.use(modules: [Keepsakes.self]) { plant in
            let id = Keepsakes.stubborn
            _ = try await plant.register(customer: id)
            let answer = try await plant.act("\(id)/erase", #"{"confirm":"ada@example.com"}"#)
            #expect(answer.code == "module_unavailable")
            #expect(try await plant.send(.get, "\(uri)/\(id)", token: plant.token("admin"))["name"] == "Ada")
            #expect(try await plant.told().isEmpty)
        }
    }

    @Test("one that was deleted can be erased, and those that were merged into it go with it")
    func deletedAndMerged() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register(user: "u-ada", email: "ada.lovelace@example.com")
            _ = try await plant.register(
                event: "e-2", user: "u-2", customer: "c-2", email: "ada.old@example.com", name: "Old Ada")
            _ = try await plant.act("c-2/merge", #"{"into":"c-1"}"#)
            _ = try await plant.send(
                .delete, "\(uri)/c-1", token: plant.token("admin"), headers: [("If-Match", "*")])
            #expect(try await plant.act("c-2/erase", #"{"confirm":"ada.old@example.com"}"#).fields == ["merged_into"])
            #expect(try await plant.act("c-1/erase", #"{"confirm":"ada.lovelace@example.com"}"#).status == .ok)
            #expect(try await traces(["ada.lovelace", "ada.old", "old ada"], plant) == [])
            #expect(try await plant.register(event: "e-2", user: "u-2", customer: "c-2")["status"] == "known")
        }
    }

    @Test("an export tells the customer, its registrations, its validations and what modules keep")
    func export() async throws {
        try await PlantFixture.use(modules: [Keepsakes.self]) { plant in
            try await live(plant)
            let answer = try await plant.act("c-1/export", method: .get)
            #expect(answer.status == .ok, "\(answer.text)")
            #expect(answer.headers[.cacheControl] == "no-store")
            #expect(
                answer.members == [
                    "exported_at", "customer", "merged", "registrations", "validations", "modules",
                    "modules_not_asked",
                ])
            for part in [
                #""email":"ada.lovelace@example.com""#, #""notes":"Ada Lovelace called""#, #""event_id":"e-1""#,
                #""total":1"#, #""outcome":"valid""#, #""keepsakes":["by u-ada@example.com"]"#,
            ] {
                #expect(answer.text.contains(part), "\(part)")
            }
        }
    }

    @Test("customers export themselves without operators' notes, and nobody else; a simple user of one does not")
    func ownExport() async throws {
        try await PlantFixture.use(modules: [Keepsakes.self]) { plant in
            try await live(plant)
            _ = try await plant.register(event: "e-2", user: "u-2", customer: "c-2", email: "bob@example.com")
            let own = try await plant.act(
                "c-1/export", method: .get, token: plant.token("customer", subject: "u-ada", customerID: "c-1"))
            #expect(own.status == .ok)
            #expect(own.text.contains("ada.lovelace@example.com"))
            #expect(!own.text.contains("called"))
            let other = try plant.token("customer", subject: "u-2", customerID: "c-2")
            #expect(try await plant.act("c-1/export", method: .get, token: other).code == "not_found")
            let simple = try plant.token("customer_user", subject: "u-ada", customerID: "c-1")
            #expect(try await plant.act("c-1/export", method: .get, token: simple).code == "forbidden")
            for role in ["viewer", "operator"] {
                let staff = try plant.token(role)
                #expect(try await plant.act("c-1/export", method: .get, token: staff).code == "forbidden")
            }
        }
    }
}

/// Names of all columns, by either database's own catalogue.
enum AllColumns {
    static func list(_ transaction: any SQLTransaction) async throws -> [(table: String, column: String)] {
        let sql =
            TestedPostgreSQL.isChosen
            ? """
            SELECT table_name AS t, column_name AS c FROM information_schema.columns \
            WHERE table_schema = current_schema() ORDER BY table_name, column_name
            """
            : """
            SELECT m.name AS t, p.name AS c FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS p \
            WHERE m.type = 'table' ORDER BY m.name, p.name
            """
        return try await transaction.query(sql, []).map { (try $0.text("t"), try $0.text("c")) }
    }
}
