import Evidence
import Secrets

/// The machine-readable report, as `docs/check.schema.json` describes it.
package struct CheckDocument: Encodable, Sendable {
    package struct Location: Encodable, Sendable {
        let file: String
        let line: Int
        let column: Int

        init(_ position: SourcePosition) {
            (file, line, column) = (position.file, position.line, position.column)
        }
    }

    struct Edit: Encodable {
        let file: String
        let line: Int
        let action: String
        let text: [String]

        init(_ edit: Fix.Edit) {
            (file, line, text) = (edit.file, edit.line, edit.new)
            action = edit.isInsertion ? "insert" : "replace"
        }
    }

    struct Mend: Encodable {
        let title: String
        let edits: [Edit]
    }

    struct Entry: Encodable {
        let rule: String
        let severity: Severity
        let message: String
        let environment: String?
        let stack: String?
        let services: [String]
        let locations: [Location]
        let fix: Mend?

        enum CodingKeys: CodingKey { case rule, severity, message, environment, stack, services, locations, fix }

        /// Every member is there, null where nothing is known.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(rule, forKey: .rule)
            try container.encode(severity, forKey: .severity)
            try container.encode(message, forKey: .message)
            try container.encode(environment, forKey: .environment)
            try container.encode(stack, forKey: .stack)
            try container.encode(services, forKey: .services)
            try container.encode(locations, forKey: .locations)
            try container.encode(fix, forKey: .fix)
        }
    }

    struct Unread: Encodable {
        let file: String
        let line: Int
        let reason: String
    }

    struct ServiceRow: Encodable {
        let service: String
        let stack: String
        let target: String
        let environment: String?
        let signs: Bool?
        let verifies: Bool?
        /// A kid, a reference, or why there is none.
        let key: String
        let variable: String?

        enum CodingKeys: CodingKey { case service, stack, target, environment, signs, verifies, key, variable }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(service, forKey: .service)
            try container.encode(stack, forKey: .stack)
            try container.encode(target, forKey: .target)
            try container.encode(environment, forKey: .environment)
            try container.encode(signs, forKey: .signs)
            try container.encode(verifies, forKey: .verifies)
            try container.encode(key, forKey: .key)
            try container.encode(variable, forKey: .variable)
        }
    }

    let findings: [Entry]
    let unread: [Unread]
    let services: [ServiceRow]

    package init(_ result: CheckResult) {
        findings = result.findings.map { finding in
            Entry(
                rule: finding.rule.rawValue, severity: finding.severity, message: finding.message,
                environment: finding.environment, stack: finding.stack, services: finding.services,
                locations: finding.locations.map(Location.init),
                fix: finding.fix.map { fix in
                    Mend(title: fix.title, edits: fix.edits.map(Edit.init))
                })
        }
        unread = result.unread.map { Unread(file: $0.position.file, line: $0.position.line, reason: $0.reason) }
        services = result.stacks.flatMap { stack in
            stack.participants.flatMap { participant in
                participant.uses.map { use in
                    ServiceRow(
                        service: participant.name, stack: stack.stack.name, target: stack.stack.target.rawValue,
                        environment: stack.environment?.label, signs: use.signs, verifies: use.verifies,
                        key: use.outcome.shown, variable: use.outcome.key?.name)
                }
            }
        }
    }
}
