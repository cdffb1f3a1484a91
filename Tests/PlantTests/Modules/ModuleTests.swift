import HTTPTypes
import PlantKit
import PlantTesting
import TestSupport
import Testing

@testable import Plant

@Suite("Modules", .timeLimit(.minutes(10)))
struct ModuleTests {
    private struct Listed: Decodable {
        struct Module: Decodable {
            let name: String, state: String, reason: String?, health: String?

            enum CodingKeys: String, CodingKey {
                case state, reason, health
                case name = "module_name"
            }
        }
        let data: [Module]

        func module(_ name: String) -> Module? { data.first { $0.name == name } }
    }

    private func modules(_ plant: PlantFixture) async throws -> Listed {
        try await plant.send(.get, "/api/v1/modules", token: plant.token("viewer")).decoded(Listed.self)
    }

    /// The plant's own routes and a good module's answer as ever.
    private func expectNeighboursServe(_ plant: PlantFixture) async throws {
        let note = try await plant.send(
            .post, "/api/v1/notes", token: plant.token("admin"), json: #"{"content":"all is well"}"#)
        #expect(note.status == .created)
        #expect(try await plant.send(.get, "/api/v1/notes", token: plant.token("viewer")).status == .ok)
        #expect(try await plant.send(.get, "/api/v1/customers", token: plant.token("viewer")).status == .ok)
        let skill = try await plant.send(
            .post, "/api/v1/skills", token: plant.token("admin"), json: #"{"name":"Skill \#(note["id"] ?? "")"}"#)
        #expect(skill.status == .created)
        #expect(try await plant.send(.get, "/health").status == .ok)
    }

    @Test("of six modules the one that can serves; each other is told of, with its reason")
    func badModules() async throws {
        let hangs = Hangs()
        defer { hangs.release() }
        try await HangControl.$hangs.withValue(hangs) {
            try await PlantFixture.use(
                modules: [
                    KeyKeeperModule.self, ThrowingModule.self, FollowerModule.self, HangingStartModule.self,
                    NewerCoreModule.self, NotesModule.self,
                ], hangs: hangs
            ) { plant in
                let list = try await modules(plant)
                #expect(list.module("notes")?.state == "serving")
                #expect(list.module("notes")?.health == "ok")
                #expect(list.module("key_keeper")?.state == "refused")
                #expect(list.module("key_keeper")?.reason?.contains("declares SECRET_KEY") == true)
                #expect(list.module("thrower")?.state == "failed")
                #expect(list.module("thrower")?.reason == "not today")
                #expect(list.module("follower")?.state == "refused")
                #expect(list.module("follower")?.reason?.contains("thrower >= 0.1") == true)
                #expect(list.module("late_riser")?.state == "failed")
                #expect(list.module("late_riser")?.reason == "did not end within 30 s")
                #expect(list.module("futurist")?.state == "refused")
                #expect(list.module("futurist")?.reason == "needs core >= 99.0.0, and this is core 0.1.0")
                try await expectNeighboursServe(plant)
                let lines = plant.log.lines.map(\.message)
                #expect(
                    lines.contains(
                        "Discovered 6 modules: [key_keeper, thrower, follower, late_riser, futurist, notes]"))
                #expect(lines.contains("Loading module: notes"))
                #expect(lines.contains("Successfully loaded module: Notes v1.2.0"))
            }
        }
    }

    @Test("while one module hangs its neighbours answer; its own transaction is rolled back, and it rests")
    func hanging() async throws {
        let hangs = Hangs()
        defer { hangs.release() }
        try await HangControl.$hangs.withValue(hangs) {
            try await PlantFixture.use(modules: [HangingModule.self, NotesModule.self], hangs: hangs) { plant in
                let token = try plant.token("viewer")
                let first = try await plant.send(.get, "/api/v1/sleeper", token: token)
                #expect(first.status == .serviceUnavailable)
                #expect(first.code == "module_unavailable")
                try await expectNeighboursServe(plant)
                hangs.deadlinesCome(withHanging: 2)
                let second = try await plant.send(.post, "/api/v1/sleeper", token: token)
                #expect(second.code == "module_unavailable")
                try await expectNeighboursServe(plant)
                // Both of its threads are gone by now; what comes is given up on all the same.
                let third = try await plant.send(.get, "/api/v1/sleeper/beds", token: token)
                #expect(third.code == "module_unavailable", "\(third.text)")
                #expect(try await modules(plant).module("sleeper")?.health == "down")
                let resting = try await plant.send(.get, "/api/v1/sleeper/beds", token: token)
                #expect(resting.code == "module_unavailable")
                #expect(resting.headers[.retryAfter] == "10")
                hangs.release()
                plant.clock.advance(10)
                // It has come to itself: one may try, and what was begun has left nothing behind.
                // Its threads wake when the machine lets them, hence as often as it takes.
                var beds = resting
                while beds.status != .ok {
                    try await Task.sleep(for: .milliseconds(5))
                    plant.clock.advance(10)
                    beds = try await plant.send(.get, "/api/v1/sleeper/beds", token: plant.token("viewer"))
                }
                #expect(beds.text == "0")
                try await expectNeighboursServe(plant)
            }
        }
    }

    @Test("a handler that throws is a 500 that tells nothing of it, and leaves nothing behind")
    func throwing() async throws {
        try await PlantFixture.use(modules: [NotesModule.self]) { plant in
            for content in ["break", "break late"] {
                let answer = try await plant.send(
                    .post, "/api/v1/notes", token: plant.token("admin"), json: #"{"content":"\#(content)"}"#)
                #expect(answer.status == .internalServerError)
                #expect(answer.code == "internal_error")
                #expect(!answer.text.contains("notes-db-7"))
            }
            let list = try await plant.send(.get, "/api/v1/notes", token: plant.token("admin"))
            #expect(list.items("id") == [])
        }
    }

    static let choices: [(String, [String])] = [
        ("notes", ["notes"]), ("all", ["notes", "sleeper"]), ("none", []), ("sleeper, notes", ["notes", "sleeper"]),
        ("unheard_of", []),
    ]

    @Test("PLANT_MODULES says which serve", arguments: choices)
    func chosen(_ text: String, _ serving: [String]) async throws {
        try await PlantFixture.use(["PLANT_MODULES": text], modules: [NotesModule.self, HangingModule.self]) { plant in
            let list = try await modules(plant)
            #expect(list.data.filter { $0.state == "serving" }.map(\.name).sorted() == serving)
            #expect(list.data.filter { $0.state == "disabled" }.count == 2 - serving.count)
            let answer = try await plant.send(.get, "/api/v1/notes", token: plant.token("viewer"))
            #expect(answer.status == (serving.contains("notes") ? .ok : .notFound))
            let isNamed = plant.log.lines.contains { $0.message.contains("this build does not have") }
            #expect(isNamed == (text == "unheard_of"))
        }
    }

    static let settings: [([String: String], String?)] = [
        ([:], nil), (["MODULE_NOTES_LENGTH": "5", "MODULE_NOTES_HEADING": "Mine"], nil),
        (["MODULE_NOTES_LENGTH": "0"], "MODULE_NOTES_LENGTH"), (["MODULE_NOTES_LENGTH": "many"], "MODULE_NOTES_LENGTH"),
        (["MODULE_NOTES_COLOUR": "red"], "MODULE_NOTES_COLOUR is no setting of notes"),
        (["MODULE_NOTES_SECRET_KEY": "s3cr3t-value-x"], "MODULE_NOTES_SECRET_KEY can't be a module's setting"),
        (["MODULE_NOTES_JWT_SECRET": "s3cr3t-value-x"], "MODULE_NOTES_JWT_SECRET can't be a module's setting"),
        (["MODULE_NOTES_DATABASE_URL": "s3cr3t-value-x"], "MODULE_NOTES_DATABASE_URL can't be a module's setting"),
        (["MODULE_NOTES_CORS_ORIGINS": "*"], "MODULE_NOTES_CORS_ORIGINS can't be a module's setting"),
        // Another module's, and another program's.
        (["MODULE_OTHER_SECRET_KEY": "s3cr3t-value-x", "NOTES_LENGTH": "0"], nil),
    ]

    @Test("a module's settings are its own, bounded, and never the core's", arguments: settings)
    func ownSettings(_ variables: [String: String], _ fault: String?) async throws {
        try await PlantFixture.use(variables, modules: [NotesModule.self]) { plant in
            let notes = try await modules(plant).module("notes")
            #expect(notes?.state == (fault == nil ? "serving" : "failed"))
            if let fault { #expect(notes?.reason?.contains(fault) == true, "\(notes?.reason ?? "-")") }
            #expect(notes?.reason?.contains("s3cr3t-value-x") != true)
            #expect(!plant.log.lines.contains { "\($0)".contains("s3cr3t-value-x") })
            #expect(try await plant.send(.get, "/api/v1/customers", token: plant.token("viewer")).status == .ok)
        }
    }
}
