import PlantKit

/// `GET /api/v1/modules`: which modules there are, and how they are.
struct ModuleListOperation: Sendable {
    let records: [ModuleRecord]

    struct Entry: Codable, Equatable, Sendable {
        let moduleName: String
        let displayName: String
        let version: String
        let description: String
        let routePrefix: String
        let dependencies: [String]
        let permissions: [String]
        /// `serving`, `disabled`, `refused` or `failed`.
        let state: String
        /// Why it does not serve.
        let reason: String?
        /// `ok`, `degraded` or `down`; nil unless it serves.
        let health: String?
        let healthDetail: String?

        enum CodingKeys: String, CodingKey {
            case version, description, dependencies, permissions, state, reason, health
            case moduleName = "module_name"
            case displayName = "display_name"
            case routePrefix = "route_prefix"
            case healthDetail = "health_detail"
        }

        init(_ record: ModuleRecord) {
            let manifest = record.manifest
            moduleName = manifest.moduleName
            displayName = manifest.displayName
            version = manifest.version
            description = manifest.description
            routePrefix = manifest.routePrefix
            dependencies = manifest.dependencies
            permissions = manifest.permissions.map(\.name)
            state = record.state.word
            reason = record.state.reason
            guard record.state == .serving else {
                (health, healthDetail) = (nil, nil)
                return
            }
            switch record.health {
            case .ok: (health, healthDetail) = ("ok", nil)
            case .degraded(let detail): (health, healthDetail) = ("degraded", detail)
            case .down(let detail): (health, healthDetail) = ("down", detail)
            }
        }
    }

    struct List: Codable, Equatable, Sendable {
        let data: [Entry]
    }

    func add(to routes: ModuleRoutes) {
        routes.add(
            Operation(
                "listModules", .get, "/api/v1/modules", summary: "Lists the modules, and how they are.",
                tag: routes.tag, access: .permission(CorePermissions.viewModules), answers: [.ok(.of(List.self))])
        ) { _, _ in
            try .json(List(data: records.map(Entry.init)))
        }
    }
}
