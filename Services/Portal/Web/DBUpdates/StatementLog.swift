import Foundation
import ServiceKit

/// A person's own statements, as the plant's audit log has them.
struct StatementLog: Sendable {
    let plant: PlantAPI
    let visitor: Visitor

    struct Entry: Sendable, Equatable {
        enum Outcome: Sendable, Equatable {
            case done(rows: Int?, changed: Int?)
            /// - Parameter code: of the refusal.
            case refused(code: String)
            /// It was begun, and nothing tells of its end.
            case unknown
        }

        /// Of the entry before it ran.
        let position: Int64
        /// Seconds since the epoch.
        let at: Int64
        let statement: String
        /// The log holds the beginning alone.
        let isCut: Bool
        let outcome: Outcome
    }

    /// Statements have two entries each.
    private static let read = 60

    func latest() async throws(PlantFailure) -> [Entry] {
        let list: PlantAuditDocument = try await plant.get(path([("limit", String(Self.read))]), for: visitor)
        return Self.statements(list.data)
    }

    /// Nil where that entry is none of this person's statements.
    func entry(at position: Int64) async throws(PlantFailure) -> Entry? {
        guard position > 0, position < .max else { return nil }
        let list: PlantAuditDocument = try await plant.get(
            path([("before", String(position + 1)), ("limit", "1")]), for: visitor)
        return Self.statements(list.data).first { $0.position == position }
    }

    private func path(_ query: [(name: String, value: String?)]) -> PlantPath {
        PlantPath("/api/v1/audit", query: [("actor", visitor.user.id), ("action", "db.execute")] + query)
    }

    /// What the plant tells of a statement in an entry's details.
    private struct Details: Decodable {
        var statement: String?
        var cut: Bool?
        /// Of the entry after it ran: the position of the one before, which has the text.
        var begun: Int64?
        var rows: Int?
        var rowsChanged: Int?

        enum CodingKeys: String, CodingKey {
            case statement, cut, begun, rows
            case rowsChanged = "rows_changed"
        }
    }

    /// One for each statement, of entries that come the newest first: what came of it before what it was.
    private static func statements(_ entries: [PlantAuditDocument.Entry]) -> [Entry] {
        var outcomes: [Int64: Entry.Outcome] = [:]
        return entries.compactMap { entry in
            guard let json = entry.details,
                let details = try? JSONDecoder().decode(Details.self, from: Data(json.utf8))
            else { return nil }
            if let begun = details.begun { outcomes[begun] = told(entry.outcome, details) }
            guard let statement = details.statement else { return nil }
            return Entry(
                position: entry.position, at: entry.at.seconds, statement: statement, isCut: details.cut ?? false,
                outcome: outcomes[entry.position] ?? .unknown)
        }
    }

    private static func told(_ outcome: String, _ details: Details) -> Entry.Outcome {
        if outcome == "done" { return .done(rows: details.rows, changed: details.rowsChanged) }
        guard outcome.hasPrefix("refused:") else { return .unknown }
        return .refused(code: BoundedText.line(String(outcome.dropFirst("refused:".count)), maximumBytes: 40))
    }
}
