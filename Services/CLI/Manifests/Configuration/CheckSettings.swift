package import Evidence
package import Secrets

/// `lockstep.yaml`: what a repository says of itself to `lockstep check`, where files alone do not tell.
///
/// Members: `version` (1); `tokens`, a list of `{name, issuers, verifiers, variable}`, who shares tokens, each group on one
/// key in each environment, and nobody else takes part; `ignore`, paths and folders that are not looked at;
/// `environments`, words of this repository for an environment (`eu-live: production`).
package struct CheckSettings: Sendable {
    package static let fileName = "lockstep.yaml"

    package struct Group: Sendable {
        package let name: String
        package let issuers: [String]
        package let verifiers: [String]
        /// The variable that its services read; nil: by its name, or by their code.
        package let variable: String?
        package let position: SourcePosition
    }

    package var groups: [Group] = []
    package var ignored: [String] = []
    package var environments: [String: DeploymentEnvironment] = [:]

    package init() {}

    /// - Throws: every fault with its line.
    package static func read(_ text: String, file: String) throws(ManifestFaults) -> CheckSettings {
        let root = try YAMLDocument.parse(text, file: file)
        var reader = CheckSettingsReader()
        let settings = reader.settings(of: root)
        guard reader.faults.isEmpty else { throw ManifestFaults(reader.faults) }
        return settings
    }

    package func ignores(_ path: String) -> Bool {
        ignored.contains { path == $0 || path.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") }
    }
}

private struct CheckSettingsReader {
    var faults: [ManifestFault] = []

    mutating func settings(of root: ManifestNode) -> CheckSettings {
        var settings = CheckSettings()
        guard let members = root.map else {
            fault(root.position, "the file is a \(root.kindName), not a mapping", "start with version: 1")
            return settings
        }
        if root["version"]?.scalar?.text != "1" {
            fault(root["version"]?.position ?? root.position, "the version is not 1", "write version: 1")
        }
        for member in members {
            switch member.key {
            case "version": continue
            case "tokens":
                settings.groups = list(member).compactMap { group($0) }
            case "ignore":
                settings.ignored = list(member).compactMap { word($0, "a path") }.compactMap(SourceTree.normal)
            case "environments":
                guard let words = member.value.map else {
                    fault(member.position, "environments is a \(member.value.kindName)", "write WORD: production")
                    continue
                }
                for word in words {
                    guard let environment = word.value.scalar.flatMap({ DeploymentEnvironment(rawValue: $0.text) })
                    else {
                        fault(
                            word.position, "\(word.key) names no environment",
                            "write one of \(DeploymentEnvironment.allCases.map(\.rawValue).joined(separator: ", "))")
                        continue
                    }
                    settings.environments[word.key.lowercased()] = environment
                }
            default:
                fault(
                    member.position, "the key \(member.key) is not understood",
                    "write version, tokens, ignore or environments")
            }
        }
        return settings
    }

    private mutating func group(_ node: ManifestNode) -> CheckSettings.Group? {
        guard let members = node.map else {
            fault(node.position, "a group is a \(node.kindName)", "write {name: access, issuers: […], verifiers: […]}")
            return nil
        }
        for member in members where !["name", "issuers", "verifiers", "variable"].contains(member.key) {
            fault(
                member.position, "the key \(member.key) is not understood", "write name, issuers, verifiers or variable"
            )
        }
        let issuers = members.first { $0.key == "issuers" }.map { list($0).compactMap { word($0, "a service") } } ?? []
        let verifiers =
            members.first { $0.key == "verifiers" }.map { list($0).compactMap { word($0, "a service") } } ?? []
        if issuers.isEmpty { fault(node.position, "a group names no issuers", "name the services that sign") }
        if verifiers.isEmpty { fault(node.position, "a group names no verifiers", "name the services that verify") }
        return CheckSettings.Group(
            name: node["name"]?.scalar?.text ?? "access", issuers: issuers, verifiers: verifiers,
            variable: node["variable"]?.scalar?.text, position: node.position)
    }

    private mutating func list(_ member: ManifestNode.Member) -> [ManifestNode] {
        guard let list = member.value.list else {
            fault(member.position, "\(member.key) is a \(member.value.kindName), not a list", "write a list")
            return []
        }
        return list
    }

    private mutating func word(_ node: ManifestNode, _ what: String) -> String? {
        guard let scalar = node.scalar, scalar.kind != .null, !scalar.text.isEmpty else {
            fault(node.position, "\(what) is a \(node.kindName)", "write a word")
            return nil
        }
        return scalar.text
    }

    private mutating func fault(_ position: SourcePosition, _ problem: String, _ mend: String) {
        faults.append(ManifestFault(position, problem, mend: mend))
    }
}
