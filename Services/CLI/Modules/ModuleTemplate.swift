/// The files of a new module: one resource, seen with one permission and changed with another.
struct ModuleTemplate {
    /// `WaterStore`
    let name: String
    /// `water_store`
    let snake: String

    /// `water-store`
    private var slug: String { String(snake.map { $0 == "_" ? "-" : $0 }) }
    /// `Water store`
    private var title: String {
        let words = String(snake.map { $0 == "_" ? " " : $0 })
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    var module: String {
        """
        package import PlantKit

        /// \(title): what it is for, in a sentence.
        package struct \(name)Module: PlantModule {
            static let view = "\(snake).view"
            static let change = "\(snake).change"

            package static let manifest = ModuleManifest(
                moduleName: "\(snake)", displayName: "\(title)", version: "0.1.0",
                description: "What it is for, in a sentence.", routePrefix: "/api/v1/\(slug)",
                dependencies: ["core >= 0.1.0"],
                permissions: [
                    ModulePermission(view, "See entries.", defaultRoles: ["super_admin", "admin", "operator", "viewer"]),
                    ModulePermission(change, "Make and change entries.", defaultRoles: ["super_admin", "admin", "operator"]),
                ])

            /// Applied ones are never changed: a new migration goes to the end.
            package static let migrations = [
                Migration(
                    id: "0001-entries",
                    statements: [
                        \"\"\"
                        CREATE TABLE \(snake)_entries (
                            id TEXT NOT NULL PRIMARY KEY,
                            name TEXT NOT NULL,
                            search_text TEXT NOT NULL,
                            version BIGINT NOT NULL,
                            created_at BIGINT NOT NULL,
                            updated_at BIGINT NOT NULL,
                            deleted_at BIGINT
                        )
                        \"\"\"
                    ])
            ]

            package init(_ context: ModuleContext) async throws {}

            package func routes(_ routes: ModuleRoutes) {
                routes.add(
                    ResourceOperations(
                        \(name)Entry.self, plural: "\(snake)_entries",
                        access: .permission(Self.view)))
            }
        }

        """
    }

    var entry: String {
        """
        import PlantKit

        struct \(name)Entry: Resource, Equatable {
            typealias Draft = \(name)EntryDraft

            let id: String
            let name: String
            let version: Int64
            let createdAt: Timestamp
            let updatedAt: Timestamp

            enum CodingKeys: String, CodingKey {
                case id, name, version
                case createdAt = "created_at"
                case updatedAt = "updated_at"
            }

            static let schema = ResourceSchema(
                name: "\(snake)_entry", path: "/api/v1/\(slug)/entries", table: "\(snake)_entries",
                columns: ["id", "name", "version", "created_at", "updated_at"], filters: ["name"],
                sorts: ["name", "created_at", "updated_at"], defaultSort: "name", searchColumn: "search_text")

            init(row: SQLRow) throws {
                id = try row.text("id")
                name = try row.text("name")
                version = try row.integer("version")
                createdAt = Timestamp(seconds: try row.integer("created_at"))
                updatedAt = Timestamp(seconds: try row.integer("updated_at"))
            }

            /// What a caller may do, and which rows exist for it.
            static func grant(for caller: Caller) -> ResourceGrant {
                caller.may(\(name)Module.change) ? .everything : .looking
            }
        }

        """
    }

    var draft: String {
        """
        import PlantKit

        /// What clients write of an entry.
        struct \(name)EntryDraft: ResourceDraft, Equatable {
            let name: String

            static let fields: Set<String> = ["name"]

            var columns: [ResourceColumn] {
                [
                    ResourceColumn(name: "name", value: .text(name)),
                    // Lower-cased here, as the databases disagree on what lower() does beyond ASCII.
                    ResourceColumn(name: "search_text", value: .text(name.lowercased())),
                ]
            }

            init(reading fields: inout FieldReader) {
                name = fields.text("name", length: 1...120)
            }
        }

        """
    }

    var tests: String {
        """
        import HTTPTypes
        import PlantTesting
        import Testing

        @testable import \(name)

        @Suite("\(title)", .timeLimit(.minutes(5)))
        struct \(name)ModuleTests {
            private let uri = "/api/v1/\(slug)/entries"

            @Test("an entry is made, found, changed and deleted")
            func life() async throws {
                try await PlantFixture.use(modules: [\(name)Module.self]) { plant in
                    let token = try plant.token("operator")
                    let made = try await plant.send(.post, uri, token: token, json: #"{"name":"First"}"#)
                    #expect(made.status == .created)
                    let own = "\\(uri)/\\(made["id"] ?? "")"
                    let tag = made.headers[.eTag] ?? ""
                    let found = try await plant.send(.get, uri + "?q=FIRST", token: token)
                    #expect(found.items("name") == ["First"])
                    let changed = try await plant.send(
                        .patch, own, token: token, headers: [("If-Match", tag)], json: #"{"name":"Second"}"#)
                    #expect(changed["name"] == "Second")
                    let stale = try await plant.send(.delete, own, token: token, headers: [("If-Match", tag)])
                    #expect(stale.code == "precondition_failed")
                    let deleted = try await plant.send(.delete, own, token: token, headers: [("If-Match", "*")])
                    #expect(deleted.status == .noContent)
                }
            }

            @Test("who may only look changes nothing, and who has no role sees nothing")
            func permissions() async throws {
                try await PlantFixture.use(modules: [\(name)Module.self]) { plant in
                    let body = #"{"name":"First"}"#
                    let viewer = try await plant.send(.post, uri, token: plant.token("viewer"), json: body)
                    #expect(viewer.code == "forbidden")
                    let stranger = try await plant.send(.get, uri, token: plant.token("stranger"))
                    #expect(stranger.code == "forbidden")
                    let list = try await plant.send(.get, uri, token: plant.token("viewer"))
                    #expect(list.integer("total") == 0)
                }
            }

            @Test("a name that can't be one is refused", arguments: ["{}", #"{"name":""}"#, #"{"name":7}"#])
            func badNames(_ body: String) async throws {
                try await PlantFixture.use(modules: [\(name)Module.self]) { plant in
                    let answer = try await plant.send(.post, uri, token: plant.token("admin"), json: body)
                    #expect(answer.fields == ["name"])
                }
            }
        }

        """
    }
}
