import Contracts
import HTTPTypes
import PlantTesting
import Storage
import Testing

@testable import Plant

private let uri = "/api/v1/customers"

@Suite("Merging customers", .timeLimit(.minutes(10)))
struct CustomerMergeTests {
    /// A customer that an operator made, and the same person's own registration.
    private func duplicate(_ plant: PlantFixture) async throws -> String {
        let (holder, _) = try await plant.makeCustomer(email: "ada@example.com", name: "Ada of the office")
        let answer = try await plant.register()
        try #require(answer["duplicate_of"] == holder)
        return holder
    }

    @Test("tokens of the source and of its user are the target's from then on")
    func tokens() async throws {
        try await PlantFixture.use { plant in
            let holder = try await duplicate(plant)
            let merged = try await plant.act("c-1/merge", #"{"into":"\#(holder)"}"#)
            #expect(merged.status == .ok, "\(merged.text)")
            #expect(merged["id"] == holder)
            for token in [try plant.token("customer", customerID: "c-1"), try plant.token("customer")] {
                let verdict = try await plant.send(.get, "/api/v1/auth/validate", token: token)
                #expect(verdict["customer_id"] == holder)
                #expect(try await plant.send(.get, uri, token: token).items("id") == [holder])
            }
            #expect(try await plant.told().isEmpty, "nobody loses a token by it")
            #expect(try await plant.register()["status"] == "known")
            #expect(try await plant.register(event: "e-7")["status"] == "known")
        }
    }

    @Test("the source is gone; staff are told where to, customers are not")
    func tombstone() async throws {
        try await PlantFixture.use { plant in
            let holder = try await duplicate(plant)
            _ = try await plant.act("c-1/merge", #"{"into":"\#(holder)"}"#)
            for method in [HTTPRequest.Method.get, .delete] {
                let answer = try await plant.send(
                    method, "\(uri)/c-1", token: plant.token("admin"), headers: [("If-Match", "*")])
                #expect(answer.code == "not_found")
                #expect(answer.fields == ["merged_into"])
                #expect(answer.text.contains(holder))
            }
            for word in ["suspend", "merge", "erase"] {
                let body = ["suspend": "{}", "merge": #"{"into":"x"}"#, "erase": #"{"confirm":"ada@example.com"}"#]
                let answer = try await plant.act("c-1/\(word)", body[word])
                #expect(answer.code == "not_found", "\(word)")
                #expect(answer.fields == ["merged_into"], "\(word)")
            }
            _ = try await plant.register(event: "e-2", user: "u-2", customer: "c-2", email: "bob@example.com")
            let other = try await plant.send(
                .get, "\(uri)/c-1", token: plant.token("customer", subject: "u-2", customerID: "c-2"))
            #expect(other.status == .notFound)
            #expect(!other.text.contains(holder))
        }
    }

    @Test("chains become one step, and what became of the end holds for all")
    func chains() async throws {
        try await PlantFixture.use { plant in
            for number in 1...3 {
                _ = try await plant.register(
                    event: "e-\(number)", user: "u-\(number)", customer: "c-\(number)", email: "u\(number)@example.com")
            }
            _ = try await plant.act("c-1/merge", #"{"into":"c-2"}"#)
            _ = try await plant.act("c-2/merge", #"{"into":"c-3"}"#)
            let first = try plant.token("customer", subject: "u-1", customerID: "c-1")
            #expect(try await plant.send(.get, "/api/v1/auth/validate", token: first)["customer_id"] == "c-3")
            let back = try await plant.act("c-3/merge", #"{"into":"c-1"}"#)
            #expect(back.code == "invalid_input", "no circle")
            _ = try await plant.act("c-3/suspend", "{}")
            #expect(try await plant.send(.get, "/api/v1/auth/validate", token: first).code == "customer_suspended")
            let told = try await plant.told().map(\.subject)
            #expect(
                Set(told) == [
                    .customer(id: "c-1", user: "u-1"), .customer(id: "c-2", user: "u-2"),
                    .customer(id: "c-3", user: "u-3"),
                ], "the gateway refuses the old names as well")
        }
    }

    @Test("the holder merged into one of its duplicates: that one holds the email, the rest are its duplicates")
    func duplicates() async throws {
        try await PlantFixture.use { plant in
            let holder = try await duplicate(plant)
            _ = try await plant.register(event: "e-2", user: "u-2", customer: "c-2")
            #expect(try await plant.act("\(holder)/merge", #"{"into":"c-2"}"#).status == .ok)
            let token = try plant.token("viewer")
            let target = try await plant.send(.get, "\(uri)/c-2", token: token)
            #expect(!target.members.contains("duplicate_of"))
            #expect(try await plant.send(.get, "\(uri)/c-1", token: token)["duplicate_of"] == "c-2")
            let taken = try await plant.send(
                .post, uri, token: plant.token("admin"), json: #"{"name":"Eve","email":"ada@example.com"}"#)
            #expect(taken.code == "conflict")
        }
    }

    @Test("into itself, into nobody, into a deleted one: refused, and nothing is changed")
    func badTargets() async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            _ = try await plant.register(event: "e-2", user: "u-2", customer: "c-2", email: "bob@example.com")
            _ = try await plant.send(
                .delete, "\(uri)/c-2", token: plant.token("admin"), headers: [("If-Match", "*")])
            for target in ["c-1", "c-2", "c-9"] {
                let answer = try await plant.act("c-1/merge", #"{"into":"\#(target)"}"#)
                #expect(answer.code == "invalid_input", "\(target)")
            }
            #expect(try await plant.act("c-2/merge", #"{"into":"c-1"}"#).code == "not_found")
            #expect(try await plant.send(.get, "\(uri)/c-1", token: plant.token("viewer")).integer("version") == 1)
        }
    }

    @Test("a merge neither lifts a suspension nor suspends by the way", arguments: ["c-1", "c-2"])
    func suspended(_ id: String) async throws {
        try await PlantFixture.use { plant in
            _ = try await plant.register()
            _ = try await plant.register(event: "e-2", user: "u-2", customer: "c-2", email: "bob@example.com")
            _ = try await plant.act("\(id)/suspend", "{}")
            #expect(try await plant.act("c-1/merge", #"{"into":"c-2"}"#).code == "conflict")
            let token = try plant.token("customer", customerID: "c-1")
            let verdict = try await plant.send(.get, "/api/v1/auth/validate", token: token)
            #expect(verdict.status == (id == "c-1" ? .forbidden : .ok))
        }
    }

    @Test("modules hand over what they keep; one that throws refuses the whole and is named")
    func modules() async throws {
        try await PlantFixture.use(modules: [Keepsakes.self]) { plant in
            for id in ["c-1", "c-2", Keepsakes.stubborn] {
                _ = try await plant.register(
                    event: "e-\(id)", user: "u-\(id)", customer: id, email: "\(id)@example.com")
                let token = try plant.token("customer", subject: "u-\(id)", customerID: id)
                #expect(try await plant.send(.post, "/api/v1/keepsakes", token: token).status == .noContent)
            }
            let refused = try await plant.act("\(Keepsakes.stubborn)/merge", #"{"into":"c-2"}"#)
            #expect(refused.code == "module_unavailable")
            #expect(refused["detail"]?.contains("keepsakes") == true)
            #expect(!refused.text.contains("Stubborn"), "what it threw is for the log")
            let kept = try await plant.act("\(Keepsakes.stubborn)/export", method: .get)
            #expect(kept.text.contains("by u-\(Keepsakes.stubborn)@example.com"), "what it had done is undone")
            #expect(try await plant.act("c-1/merge", #"{"into":"c-2"}"#).status == .ok)
            let export = try await plant.act("c-2/export", method: .get)
            for id in ["c-1", "c-2"] { #expect(export.text.contains("by u-\(id)@example.com")) }
        }
    }

    @Test("while a module is down that may keep data, nobody is merged or erased")
    func moduleDown() async throws {
        try await PlantFixture.use(modules: [Keepsakes.self, ThrowingModule.self]) { plant in
            _ = try await plant.register()
            _ = try await plant.register(event: "e-2", user: "u-2", customer: "c-2", email: "bob@example.com")
            for (word, body) in [("merge", #"{"into":"c-2"}"#), ("erase", #"{"confirm":"ada@example.com"}"#)] {
                let answer = try await plant.act("c-1/\(word)", body)
                #expect(answer.code == "module_unavailable")
                #expect(answer["detail"]?.contains("thrower") == true)
            }
            #expect(try await plant.send(.get, "\(uri)/c-1", token: plant.token("viewer")).status == .ok)
            let export = try await plant.act("c-1/export", method: .get)
            #expect(export.status == .ok)
            #expect(export.text.contains(#""modules_not_asked":["thrower"]"#))
        }
    }

    @Test("a module that hangs over it refuses the whole, is named, and what it did is undone")
    func hanging() async throws {
        let hangs = Hangs()
        defer { hangs.release() }
        try await HangControl.$hangs.withValue(hangs) {
            try await PlantFixture.use(modules: [Hoarder.self], hangs: hangs) { plant in
                _ = try await plant.register()
                _ = try await plant.register(event: "e-2", user: "u-2", customer: "c-2", email: "bob@example.com")
                let answer = try await plant.act("c-1/merge", #"{"into":"c-2"}"#)
                #expect(answer.code == "module_unavailable")
                #expect(answer["detail"]?.contains("hoarder") == true)
                #expect(try await plant.send(.get, "\(uri)/c-1", token: plant.token("viewer")).status == .ok)
                #expect(try await plant.act("c-2/suspend", "{}").status == .ok, "the writer is free again")
            }
        }
    }

    @Test("an idempotency key answers a merge again; without one, it is told where the source went")
    func replay() async throws {
        try await PlantFixture.use { plant in
            let holder = try await duplicate(plant)
            let key = [("Idempotency-Key", "k-1")]
            let first = try await plant.act("c-1/merge", #"{"into":"\#(holder)"}"#, headers: key)
            let again = try await plant.act("c-1/merge", #"{"into":"\#(holder)"}"#, headers: key)
            #expect(again.text == first.text)
            #expect(try await plant.act("c-1/merge", #"{"into":"\#(holder)"}"#).code == "not_found")
        }
    }

    @Test("merges and registrations at once: one living customer holds each email, and every token finds its own")
    func concurrent() async throws {
        try await PlantFixture.use { plant in
            let holder = try await duplicate(plant)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = try await plant.act("\(holder)/merge", #"{"into":"c-1"}"#) }
                group.addTask { _ = try await plant.act("c-1/merge", #"{"into":"\#(holder)"}"#) }
                for number in 2...9 {
                    group.addTask {
                        let answer = try await plant.register(
                            event: "e-\(number)", user: "u-\(number)", customer: "c-\(number)")
                        #expect(answer.status == .created, "\(answer.text)")
                    }
                }
                try await group.waitForAll()
            }
            let rows = try await plant.plant.database.read { transaction in
                try await transaction.query(
                    """
                    SELECT id, duplicate_of FROM customers WHERE deleted_at IS NULL AND email = 'ada@example.com' \
                    ORDER BY id
                    """, [])
            }
            let holders = try rows.filter { try $0.optionalText("duplicate_of") == nil }.map { try $0.text("id") }
            #expect(holders.count == 1)
            #expect(
                try rows.compactMap { try $0.optionalText("duplicate_of") } == rows.dropFirst().map { _ in holders[0] })
            #expect(rows.count == 9, "of two merges one was done")
            for number in 1...9 {
                let token = try plant.token("customer", subject: "u-\(number)", customerID: "c-\(number)")
                #expect(try await plant.send(.get, "/api/v1/auth/validate", token: token).status == .ok)
            }
        }
    }
}
