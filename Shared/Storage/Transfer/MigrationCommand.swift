import Foundation
package import Logging

/// A service's `migrate` and `migrations`, without its settings.
package struct MigrationCommand: Sendable {
    package let lists: [MigrationList]
    /// See `MigrationDocument.protectedTables`.
    package let protectedTables: [String]?

    package init(_ lists: [MigrationList], protectedTables: [String]? = nil) {
        self.lists = lists
        self.protectedTables = protectedTables
    }

    /// Brings the database up to date; one line for each migration that was missing, or one that says that none was.
    package func migrate(url: String, password: String?, logger: Logger) async throws -> [String] {
        let database = try Databases.open(url: url, password: password, logger: logger)
        let outcome: Result<[String], any Error>
        do { outcome = .success(try await database.migrate(lists)) } catch { outcome = .failure(error) }
        try? await database.close()
        let missing = try outcome.get()
        let count = lists.map(\.migrations.count).reduce(0, +)
        return missing.isEmpty
            ? ["nothing to do: all \(count) migrations are applied"] : missing.map { "applied \($0)" }
    }

    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(
            decoding: try encoder.encode(MigrationDocument(lists, protectedTables: protectedTables)), as: UTF8.self)
    }
}
