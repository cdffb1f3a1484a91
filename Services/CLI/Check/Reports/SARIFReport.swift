import Evidence

/// SARIF 2.1.0 (OASIS, sarif-v2.1.0-os), as code scanning services take it in.
package struct SARIFReport: Encodable, Sendable {
    struct Text: Encodable { let text: String }

    struct Descriptor: Encodable {
        struct Configuration: Encodable { let level: String }
        let id: String
        let name: String
        let shortDescription: Text
        let fullDescription: Text
        let help: Text
        let defaultConfiguration: Configuration
    }

    struct Artifact: Encodable { let uri: String }

    struct Region: Encodable {
        let startLine: Int
        let startColumn: Int
        var endColumn: Int?
    }

    struct PhysicalLocation: Encodable {
        let artifactLocation: Artifact
        let region: Region
    }

    struct Location: Encodable { let physicalLocation: PhysicalLocation }

    struct Replacement: Encodable {
        let deletedRegion: Region
        let insertedContent: Text
    }

    struct ArtifactChange: Encodable {
        let artifactLocation: Artifact
        let replacements: [Replacement]
    }

    struct Mend: Encodable {
        let description: Text
        let artifactChanges: [ArtifactChange]
    }

    struct Entry: Encodable {
        let ruleId: String
        let ruleIndex: Int
        let level: String
        let message: Text
        let locations: [Location]
        let relatedLocations: [Location]
        let partialFingerprints: [String: String]
        let fixes: [Mend]
    }

    struct Notification: Encodable {
        let level: String
        let message: Text
        let locations: [Location]
    }

    struct Invocation: Encodable {
        let executionSuccessful: Bool
        let toolExecutionNotifications: [Notification]
    }

    struct Driver: Encodable {
        let name: String
        let version: String
        let rules: [Descriptor]
    }

    struct Tool: Encodable { let driver: Driver }

    struct Run: Encodable {
        let tool: Tool
        let invocations: [Invocation]
        let results: [Entry]
        let columnKind: String
    }

    enum CodingKeys: String, CodingKey {
        case schema = "$schema"
        case version, runs
    }

    let schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
    let version = "2.1.0"
    let runs: [Run]

    package init(_ result: CheckResult, toolVersion: String) {
        let rules = RuleID.allCases
        let entries = result.findings.map { finding in
            Entry(
                ruleId: finding.rule.rawValue, ruleIndex: rules.firstIndex(of: finding.rule) ?? 0,
                level: finding.severity.rawValue, message: Text(text: finding.message),
                locations: finding.locations.prefix(1).map(Self.location),
                relatedLocations: finding.locations.dropFirst().map(Self.location),
                partialFingerprints: ["lockstep/v1": finding.fingerprint], fixes: Self.fixes(finding))
        }
        let notifications = result.unread.map { unread in
            Notification(
                level: "warning", message: Text(text: unread.reason), locations: [Self.location(unread.position)])
        }
        runs = [
            Run(
                tool: Tool(
                    driver: Driver(name: "lockstep check", version: toolVersion, rules: rules.map(Self.descriptor))),
                invocations: [Invocation(executionSuccessful: true, toolExecutionNotifications: notifications)],
                results: entries, columnKind: "unicodeCodePoints")
        ]
    }

    private static func descriptor(_ rule: RuleID) -> Descriptor {
        let page = RulePage.of(rule)
        return Descriptor(
            id: rule.rawValue, name: page.name, shortDescription: Text(text: page.title),
            fullDescription: Text(text: page.failure), help: Text(text: page.mend),
            defaultConfiguration: .init(level: page.severity.rawValue))
    }

    /// One that a tool can make; what only a person can do is in the message.
    private static func fixes(_ finding: Finding) -> [Mend] {
        guard let fix = finding.fix, !fix.edits.isEmpty else { return [] }
        let files = Dictionary(grouping: fix.edits, by: \.file).sorted { $0.key < $1.key }
        return [
            Mend(
                description: Text(text: fix.title),
                artifactChanges: files.map { file, edits in
                    ArtifactChange(
                        artifactLocation: Artifact(uri: uri(file)), replacements: edits.map(replacement))
                })
        ]
    }

    /// An empty region is where something is inserted (SARIF 2.1.0 §3.57.3).
    private static func replacement(_ edit: Fix.Edit) -> Replacement {
        let length = edit.isInsertion ? 0 : edit.old.unicodeScalars.count
        return Replacement(
            deletedRegion: Region(startLine: edit.line, startColumn: 1, endColumn: 1 + length),
            insertedContent: Text(text: edit.new.joined(separator: "\n") + (edit.isInsertion ? "\n" : "")))
    }

    private static func location(_ position: SourcePosition) -> Location {
        Location(
            physicalLocation: PhysicalLocation(
                artifactLocation: Artifact(uri: uri(position.file)),
                region: Region(startLine: position.line, startColumn: position.column)))
    }

    /// A relative reference (RFC 3986 §4.2): what is no unreserved character or slash is escaped.
    private static func uri(_ path: String) -> String {
        path.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"):
                String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}
