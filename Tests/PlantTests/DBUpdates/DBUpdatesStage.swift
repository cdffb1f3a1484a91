import Foundation
import HTTPTypes
import PlantTesting
import Storage
import TestSupport
import Testing

@testable import Plant

/// A plant with DB updates on: on a SQLite file, or on PostgreSQL with a login made by the statements that
/// `lockstep db updates-role` prints.
struct DBUpdatesStage: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case sqlite, postgreSQL

        static var allCases: [Kind] { [.sqlite] + (TestedPostgreSQL.isNamed ? [.postgreSQL] : []) }
    }

    static let execute = ExecuteOperation.path
    static let info = ConnectionInfoOperation.path
    static let loginPassword = "throw-away-word-of-a-login"

    let kind: Kind
    let plant: PlantFixture
    /// The plant's own.
    let databaseURL: String
    /// The restricted login (PostgreSQL).
    let role: String

    static func use(
        _ kind: Kind, _ variables: [String: String] = [:],
        _ body: @escaping @Sendable (DBUpdatesStage) async throws -> Void
    ) async throws {
        switch kind {
        case .sqlite:
            let folder = FileManager.default.temporaryDirectory.appending(path: "lockstep-db-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: folder) }
            try await start(kind, "sqlite://\(folder.path)/plant.sqlite", "", variables, body)
        case .postgreSQL:
            try await TestedPostgreSQL.withDatabase { url in
                let role = "updates_" + UUID().uuidString.lowercased().filter { $0 != "-" }
                let at = try #require(url.firstIndex(of: "@"))
                let login = [
                    "DB_UPDATES_DATABASE_URL": "postgres://\(role)" + url[at...],
                    "DB_UPDATES_DATABASE_PASSWORD": loginPassword,
                ]
                try await start(kind, url + "?pool_size=2", role, login.merging(variables) { $1 }) { stage in
                    try await stage.makeRole()
                    try await body(stage)
                }
            }
        }
    }

    private static func start(
        _ kind: Kind, _ url: String, _ role: String, _ variables: [String: String],
        _ body: @escaping @Sendable (DBUpdatesStage) async throws -> Void
    ) async throws {
        let all = ["ENABLE_DB_UPDATES": "true", "DATABASE_URL": url].merging(variables) { $1 }
        try await PlantFixture.use(all, modules: [NotesModule.self]) { plant in
            for name in ["Pruning", "Grafting", "Irrigation"] {
                let made = try await plant.send(
                    .post, "/api/v1/skills", token: plant.token("admin"), json: #"{"name":"\#(name)"}"#)
                try #require(made.status == .created, "\(made.text)")
            }
            try await body(DBUpdatesStage(kind: kind, plant: plant, databaseURL: url, role: role))
        }
    }

    private func makeRole() async throws {
        let lists = Plant.migrations(of: [NotesModule.self])
        let protected = ProtectedTables.names(of: lists)
        let tables = try await plant.plant.database.read { transaction in
            try await transaction.query(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'", []
            ).map { try $0.text("tablename") }
        }
        let statements = RestrictedSQL.roleStatements(role: role, tables: tables.filter { !protected.contains($0) })
        for statement in statements { try await own(statement) }
        try await own("ALTER ROLE \(role) PASSWORD '\(Self.loginPassword)'")
    }

    /// Whatever the database's owner may do.
    func own(_ statement: String) async throws {
        switch kind {
        case .sqlite: try await plant.plant.database.write { try await $0.execute(statement, []) }
        case .postgreSQL: try await TestedPostgreSQL.run(statement, at: databaseURL.replacing("?pool_size=2", with: ""))
        }
    }

    /// As the platform portal gives it.
    func token(_ role: String = "admin", subject: String = "u-1") throws -> String {
        try plant.token(role, subject: subject, scope: "db_updates")
    }

    /// As the gateway sends it on.
    func send(
        _ method: HTTPRequest.Method, _ path: String, token: String, json: String? = nil,
        headers: [(String, String)] = []
    ) async throws -> Answer {
        let word = plant.assertion(for: token, method: method.rawValue, path: path)
        return try await plant.send(
            method, path, token: token, headers: [("X-Gateway-Assertion", word)] + headers, json: json)
    }

    func run(_ sql: String, _ more: [String: Any] = [:]) async throws -> Answer {
        let body = try JSONSerialization.data(withJSONObject: ["sql": sql, "confirm": true].merging(more) { $1 })
        return try await send(.post, Self.execute, token: token(), json: String(decoding: body, as: UTF8.self))
    }

    /// Entries of DB updates in the audit log, oldest first.
    func audited() async throws -> [AuditRecord] {
        try await plant.plant.database.read { transaction in
            try await AuditTrail.log.page(AuditQuery(action: .area("db")), limit: 500, transaction)
        }.entries.reversed().map(\.record)
    }

    /// What the skills' names are, as the plant sees them.
    func skills() async throws -> [String] {
        try await plant.plant.database.read { transaction in
            try await transaction.query("SELECT name FROM skills ORDER BY name", []).map { try $0.text("name") }
        }
    }

    static let untouched = ["Grafting", "Irrigation", "Pruning"]
}
