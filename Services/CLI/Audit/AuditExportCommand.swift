import ArgumentParser
import Foundation
import Storage

struct AuditExportCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Print an audit log's entries, oldest first, one JSON object a line.",
        discussion: """
            Members: position, at (UTC), actor, issuer, roles, action, resource_kind, resource_id, outcome, request_id, \
            address, details (text, as it is covered by the hash) and hash; what is not known is left out. Nothing is \
            verified.

            Exit codes: 0 · 2 the log could not be read · 78 the URL is none

            Examples:
              lockstep audit export --database sqlite:///data/plant.sqlite --after 1000 > entries.jsonl
            """)

    @OptionGroup var audited: AuditedDatabase

    @Option(help: "Only what stands behind this position.")
    var after: Int64 = 0

    func run(in context: CommandContext) async throws(CommandFailure) {
        try await audited.reading(in: context) { log, database in
            var last = after
            while true {
                let position = last
                let entries = try await database.read { try await log.entries(after: position, limit: 500, $0) }
                for entry in entries { context.console.out(try Self.line(entry)) }
                guard let newest = entries.last else { return }
                last = newest.position
            }
        }
    }

    private struct Line: Encodable {
        let position: Int64
        let at: String
        let actor: String
        let issuer: String?
        let roles: [String]
        let action: String
        let resourceKind: String?
        let resourceID: String?
        let outcome: String
        let requestID: String?
        let address: String?
        let details: String?
        let hash: String

        enum CodingKeys: String, CodingKey {
            case position, at, actor, issuer, roles, action, outcome, address, details, hash
            case resourceKind = "resource_kind"
            case resourceID = "resource_id"
            case requestID = "request_id"
        }
    }

    private static func line(_ entry: AuditEntry) throws -> String {
        let record = entry.record
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let line = Line(
            position: entry.position,
            at: Date(timeIntervalSince1970: TimeInterval(record.at)).formatted(.iso8601),
            actor: record.actor, issuer: record.issuer, roles: record.roles, action: record.action,
            resourceKind: record.resource?.kind, resourceID: record.resource?.id, outcome: record.outcome.text,
            requestID: record.requestID, address: record.address, details: record.details, hash: entry.hash)
        return String(decoding: try encoder.encode(line), as: UTF8.self)
    }
}
