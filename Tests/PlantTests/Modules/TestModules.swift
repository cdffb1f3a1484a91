import PlantKit
import PlantTesting

/// A module like others, which its neighbours must not hurt.
struct NotesModule: PlantModule {
    static let manifest = ModuleManifest(
        moduleName: "notes", displayName: "Notes", version: "1.2.0", description: "Keeps notes.",
        routePrefix: "/api/v1/notes", dependencies: ["core >= 0.1.0"],
        permissions: [
            ModulePermission("notes.view", "See notes.", defaultRoles: ["admin", "viewer"], isForCustomers: true),
            ModulePermission("notes.write", "Write notes.", defaultRoles: ["admin"]),
        ],
        settings: [
            ModuleSetting("LENGTH", "Of a note.", .integer(default: 100, in: 1...1000)),
            ModuleSetting("HEADING", "Above all.", .text(default: "Notes", maximumLength: 40)),
        ])
    static let migrations = [
        Migration(
            id: "0001-notes",
            statements: ["CREATE TABLE notes_entries (id TEXT NOT NULL PRIMARY KEY, content TEXT NOT NULL)"])
    ]

    struct Entry: Codable { let id: String, content: String }
    struct List: Codable { let heading: String, data: [Entry] }
    struct Broken: Error, CustomStringConvertible { let description = "notes-db-7.internal fell over" }

    let length: Int
    let heading: String

    init(_ context: ModuleContext) async throws {
        length = try context.settings.integer("LENGTH")
        heading = try context.settings.text("HEADING")
    }

    func routes(_ routes: ModuleRoutes) {
        let heading = heading
        let length = length
        routes.add(
            Operation(
                "listNotes", .get, "/api/v1/notes", summary: "Lists notes.", tag: routes.tag,
                access: .permission("notes.view"), answers: [.ok(.any)])
        ) { _, transaction in
            let rows = try await transaction.query("SELECT id, content FROM notes_entries ORDER BY id", [])
            return try .json(
                List(heading: heading, data: rows.map { Entry(id: try $0.text("id"), content: try $0.text("content")) })
            )
        }
        routes.add(
            Operation(
                "createNote", .post, "/api/v1/notes", summary: "Writes a note.", tag: routes.tag,
                access: .permission("notes.write"), body: .json(.any), answers: [.created(.any)])
        ) { request, transaction in
            let content = try request.fields { $0.text("content", length: 1...length) }
            if content == "break" { throw Broken() }
            let id = request.makeID()
            try await transaction.execute(
                "INSERT INTO notes_entries (id, content) VALUES (?, ?)", [.text(id), .text(content)])
            if content == "break late" { throw Broken() }
            return try .json(Entry(id: id, content: content), status: .created)
        }
    }
}

/// What hangs in `HangingModule` and `HangingStartModule`; set by the test that runs them.
enum HangControl {
    @TaskLocal static var hangs: Hangs?
}

struct HangingModule: PlantModule {
    static let manifest = ModuleManifest(
        moduleName: "sleeper", displayName: "Sleeper", version: "0.1.0", description: "Hangs.",
        routePrefix: "/api/v1/sleeper")
    static let migrations = [
        Migration(
            id: "0001-beds", statements: ["CREATE TABLE sleeper_beds (id TEXT NOT NULL PRIMARY KEY)"])
    ]

    let hangs: Hangs?

    init(_ context: ModuleContext) async throws { hangs = HangControl.hangs }

    func routes(_ routes: ModuleRoutes) {
        let hangs = hangs
        routes.add(
            Operation(
                "hangReading", .get, "/api/v1/sleeper", summary: "Hangs.", tag: routes.tag, access: .anyToken,
                answers: [.ok(.any)])
        ) { _, _ in
            hangs?.hang("sleeper")
            return .nothing
        }
        routes.add(
            Operation(
                "hangWriting", .post, "/api/v1/sleeper", summary: "Hangs in a transaction.", tag: routes.tag,
                access: .anyToken, answers: [.ok(.any)])
        ) { request, transaction in
            try await transaction.execute("INSERT INTO sleeper_beds (id) VALUES (?)", [.text(request.makeID())])
            hangs?.hang("sleeper")
            // Who wakes up later finds that its transaction is over.
            try await transaction.execute("INSERT INTO sleeper_beds (id) VALUES (?)", [.text(request.makeID())])
            return .nothing
        }
        routes.add(
            Operation(
                "countBeds", .get, "/api/v1/sleeper/beds", summary: "Counts.", tag: routes.tag, access: .anyToken,
                answers: [.ok(.any)])
        ) { _, transaction in
            try .json(try await transaction.query("SELECT id FROM sleeper_beds", []).count)
        }
    }
}

struct HangingStartModule: PlantModule {
    static let manifest = ModuleManifest(
        moduleName: "late_riser", displayName: "Late riser", version: "0.1.0", description: "Hangs at start.",
        routePrefix: "/api/v1/late-riser")

    init(_ context: ModuleContext) async throws { HangControl.hangs?.hang("late_riser") }

    func routes(_ routes: ModuleRoutes) {}
}

struct ThrowingModule: PlantModule {
    static let manifest = ModuleManifest(
        moduleName: "thrower", displayName: "Thrower", version: "0.1.0", description: "Throws at start.",
        routePrefix: "/api/v1/thrower")

    struct NotToday: Error, CustomStringConvertible { let description = "not today" }

    init(_ context: ModuleContext) async throws { throw NotToday() }

    func routes(_ routes: ModuleRoutes) {}
}

/// A manifest with any fault; its code must never run.
protocol RefusedModule: PlantModule {}

extension RefusedModule {
    func routes(_ routes: ModuleRoutes) {}
}

struct KeyKeeperModule: RefusedModule {
    static let manifest = ModuleManifest(
        moduleName: "key_keeper", displayName: "Key keeper", version: "0.1.0", description: "Wants a key.",
        routePrefix: "/api/v1/keys-of-mine",
        settings: [ModuleSetting("SECRET_KEY", "Signs.", .text(default: "", maximumLength: 100))])

    init(_ context: ModuleContext) async throws { preconditionFailure("a refused module ran") }
}

struct NewerCoreModule: RefusedModule {
    static let manifest = ModuleManifest(
        moduleName: "futurist", displayName: "Futurist", version: "0.1.0", description: "Needs a newer core.",
        routePrefix: "/api/v1/futurist", dependencies: ["core >= 99.0.0"])

    init(_ context: ModuleContext) async throws { preconditionFailure("a refused module ran") }
}

/// Stands on one that did not come up.
struct FollowerModule: RefusedModule {
    static let manifest = ModuleManifest(
        moduleName: "follower", displayName: "Follower", version: "0.1.0", description: "Stands on the thrower.",
        routePrefix: "/api/v1/follower", dependencies: ["thrower >= 0.1"])

    init(_ context: ModuleContext) async throws { preconditionFailure("a refused module ran") }
}
