import HTTPKit
import PlantKit
import PlantTesting
import Storage

/// A module that keeps words of customers, and refuses to hand over those of one.
struct Keepsakes: PlantModule {
    static let manifest = ModuleManifest(
        moduleName: "keepsakes", displayName: "Keepsakes", version: "1.0.0", description: "Keeps words of customers.",
        routePrefix: "/api/v1/keepsakes")

    static let migrations = [
        Migration(
            id: "0001-words",
            statements: [
                """
                CREATE TABLE keepsakes_words (
                    id TEXT NOT NULL PRIMARY KEY,
                    customer_id TEXT NOT NULL,
                    words TEXT NOT NULL
                )
                """
            ])
    ]

    /// Its words are nobody's to take.
    static let stubborn = "c-stubborn"

    struct Stubborn: Error {}

    init(_ context: ModuleContext) async throws {}

    func routes(_ routes: ModuleRoutes) {
        routes.add(
            Operation(
                "keep", .post, "/api/v1/keepsakes", summary: "Keeps words of the customer.", tag: routes.tag,
                access: .anyToken, answers: [.noContent])
        ) { request, transaction in
            try await transaction.execute(
                "INSERT INTO keepsakes_words (id, customer_id, words) VALUES (?, ?, ?)",
                [
                    .text(request.makeID()), .text(request.caller.customerID ?? "-"),
                    .text("by \(request.caller.identity.email)"),
                ])
            return .nothing
        }
    }

    func exportCustomer(_ id: String, in transaction: any SQLTransaction) async throws -> JSONValue? {
        let rows = try await transaction.query(
            "SELECT words FROM keepsakes_words WHERE customer_id = ? ORDER BY id", [.text(id)])
        return rows.isEmpty ? nil : .array(try rows.map { .text(try $0.text("words")) })
    }

    func eraseCustomer(_ id: String, in transaction: any SQLTransaction) async throws {
        try await transaction.execute("DELETE FROM keepsakes_words WHERE customer_id = ?", [.text(id)])
        if id == Self.stubborn { throw Stubborn() }
    }

    func mergeCustomer(_ id: String, into other: String, in transaction: any SQLTransaction) async throws {
        try await transaction.execute(
            "UPDATE keepsakes_words SET customer_id = ? WHERE customer_id = ?", [.text(other), .text(id)])
        if id == Self.stubborn { throw Stubborn() }
    }
}

/// A module that never gives a customer away.
struct Hoarder: PlantModule {
    static let manifest = ModuleManifest(
        moduleName: "hoarder", displayName: "Hoarder", version: "1.0.0", description: "Hangs over merges.",
        routePrefix: "/api/v1/hoarder")

    let hangs: Hangs?

    init(_ context: ModuleContext) async throws { hangs = HangControl.hangs }
    func routes(_ routes: ModuleRoutes) {}

    func mergeCustomer(_ id: String, into other: String, in transaction: any SQLTransaction) async throws {
        hangs?.hang("hoarder")
    }
}
