package import PlantKit

/// Generated sample: what it is for, in a sentence.
package struct GeneratedSampleModule: PlantModule {
    static let view = "generated_sample.view"
    static let change = "generated_sample.change"

    package static let manifest = ModuleManifest(
        moduleName: "generated_sample", displayName: "Generated sample", version: "0.1.0",
        description: "What it is for, in a sentence.", routePrefix: "/api/v1/generated-sample",
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
                """
                CREATE TABLE generated_sample_entries (
                    id TEXT NOT NULL PRIMARY KEY,
                    name TEXT NOT NULL,
                    search_text TEXT NOT NULL,
                    version BIGINT NOT NULL,
                    created_at BIGINT NOT NULL,
                    updated_at BIGINT NOT NULL,
                    deleted_at BIGINT
                )
                """
            ])
    ]

    package init(_ context: ModuleContext) async throws {}

    package func routes(_ routes: ModuleRoutes) {
        routes.add(
            ResourceOperations(
                GeneratedSampleEntry.self, plural: "generated_sample_entries",
                access: .permission(Self.view)))
    }
}
