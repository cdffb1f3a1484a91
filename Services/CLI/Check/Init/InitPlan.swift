import Evidence
import Manifests

/// What `lockstep init` found in a repository: who takes part in tokens, and what only its people know.
package struct InitPlan: Sendable {
    package struct Service: Sendable, Equatable {
        package let name: String
        package let family: String
        /// Nil where only a person can say.
        package var signs: Bool?
        package var verifies: Bool?
        /// What shows that it takes part.
        package let evidence: String
        package let stacks: [String]
    }

    package var services: [Service]

    package init(_ result: CheckResult) {
        var services: [Service] = []
        for stack in result.stacks {
            for participant in stack.participants where !participant.isForeign {
                for use in participant.uses {
                    let known = services.firstIndex {
                        $0.family == use.family.name && ServiceName.isSame($0.name, participant.name)
                    }
                    guard let known else {
                        services.append(
                            Service(
                                name: participant.name, family: use.family.name, signs: use.signs,
                                verifies: use.verifies,
                                evidence: participant.evidence, stacks: [stack.label]))
                        continue
                    }
                    let before = services[known]
                    services[known] = Service(
                        name: before.name, family: before.family, signs: Self.either(before.signs, use.signs),
                        verifies: Self.either(before.verifies, use.verifies), evidence: before.evidence,
                        stacks: before.stacks + [stack.label])
                }
            }
        }
        self.services = services
    }

    private static func either(_ a: Bool?, _ b: Bool?) -> Bool? {
        guard let a, let b else { return a ?? b }
        return a || b
    }

    /// Services of which nobody knows whether they sign.
    package var questions: [Int] { services.indices.filter { services[$0].signs == nil } }

    /// Answers what can be guessed: who is named like one that signs, signs; where none is, all do.
    package mutating func guess() {
        let words: Set<Substring> = [
            "auth", "portal", "identity", "login", "sso", "accounts", "account", "iam", "idp", "issuer", "users",
            "user",
        ]
        for family in families {
            let members = services.indices.filter { services[$0].family == family }
            let named = members.filter { index in
                services[index].name.lowercased().split { !$0.isLetter }.contains(where: words.contains)
            }
            let hasSigner = members.contains { services[$0].signs == true }
            for index in members where services[index].signs == nil {
                services[index].signs = !hasSigner && (named.isEmpty || named.contains(index))
            }
        }
    }

    private var families: [String] {
        var seen: Set<String> = []
        return services.map(\.family).filter { seen.insert($0).inserted }
    }

    /// The text of `lockstep.yaml`.
    package var yaml: String {
        var lines = [
            "# What `lockstep check` can't see in the files (docs/CHECK.md). Written by `lockstep init`; yours from now on.",
            "version: 1",
            "",
            "# Who shares tokens. Each group is one key in each environment; who is in no group takes no part.",
            "tokens:",
        ]
        for family in families {
            let members = services.filter { $0.family == family }
            let issuers = members.filter { $0.signs == true }
            let verifiers = members.filter { $0.verifies != false }
            lines.append("  - name: \(Self.quoted(family.lowercased()))")
            lines.append("    issuers: [\(issuers.map { Self.quoted($0.name) }.joined(separator: ", "))]")
            lines.append("    verifiers: [\(verifiers.map { Self.quoted($0.name) }.joined(separator: ", "))]")
        }
        lines += [
            "", "# Paths that are not looked at.", "ignore: []", "",
            "# Words of this repository for an environment (development, test, staging, production).",
            "environments: {}", "",
        ]
        return lines.joined(separator: "\n")
    }

    /// Groups that the settings would refuse, since nobody signs in them or nobody verifies.
    package var lonely: [String] {
        families.filter { family in
            let members = services.filter { $0.family == family }
            return !members.contains { $0.signs == true } || !members.contains { $0.verifies != false }
        }
    }

    private static func quoted(_ name: String) -> String {
        let isPlain =
            !name.isEmpty
            && name.utf8.allSatisfy {
                ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z") || $0 == UInt8(ascii: "-")
                    || $0 == UInt8(ascii: "_")
            }
        let words: Set<String> = ["true", "false", "yes", "no", "on", "off", "null"]
        if isPlain, !words.contains(name.lowercased()), !name.hasPrefix("-") { return name }
        return "\"" + name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
