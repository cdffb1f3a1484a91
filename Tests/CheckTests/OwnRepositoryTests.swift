import Evidence
import Foundation
import Testing

@testable import Check

/// Our own files: clean as they are, and no single line about the secret can be lost or changed without a finding.
@Suite("Our own repository")
struct OwnRepositoryTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The whole tree as it lies here, but for what builds and `make up` leave and version control does not hold.
    private static let tree = SourceTree(
        root: root, ignores: { $0.hasPrefix(".build") || $0.hasPrefix(".lockstep") || $0 == ".env" })

    @Test("is clean, and every service of every stack has one key")
    func clean() {
        let result = Checker(Self.tree).run()
        #expect(result.findings.filter { $0.severity >= .warning }.map(\.message) == [])
        #expect(result.unread.map { "\($0.position): \($0.reason)" } == [])
        let stacks = result.stacks.filter { !$0.participants.isEmpty }
        #expect(stacks.count >= 3)
        for stack in stacks {
            #expect(Set(stack.participants.flatMap { $0.uses.map(\.outcome.shown) }).count == 1, "\(stack.label)")
        }
    }

    /// The manifests in which a service is given the secret.
    private static let manifests: [String: String] = {
        let files = tree.files.filter { file in
            file == "docker-compose.local.yml" || file == "infrastructure.yaml" || file.hasPrefix("deploy/")
        }
        return Dictionary(uniqueKeysWithValues: files.map { ($0, (try? tree.text($0)) ?? "") })
    }()

    /// A way in which the lines that bind the secret for one service may go wrong; unchanged where they can't go that way.
    private static let mutations: [(name: String, change: @Sendable (String) -> String)] = [
        ("lost", { _ in "" }),
        ("renamed", { $0.replacing("JWT_SECRET", with: "JWT_SECRT", maxReplacements: 1) }),
        (
            "another place",
            { text in
                text.replacing("jwt-secret-", with: "other-secret-").replacing("${JWT_SECRET", with: "${OTHER_SECRET")
            }
        ),
        (
            "another version",
            { text in
                text.replacing("version: ", with: "version: 9").replacing("-v1", with: "-v9")
                    .replacing(":v1:", with: ":v9:").replacing("key: \"1\"", with: "key: \"9\"")
            }
        ),
        ("a default", { $0.replacing(":?", with: ":-") }),
        (
            "a text",
            { text in
                text.contains("${") ? text.prefix { $0 != ":" } + ": \(Given.strong)\n" : text
            }
        ),
        (
            "a text in place of a place",
            { text in
                guard let start = text.firstRange(of: "\"valueFrom\": \"") else { return text }
                return text[..<start.upperBound] + Given.strong + text[start.upperBound...].drop { $0 != "\"" }
            }
        ),
    ]

    /// The first line of each binding, and how many lines belong to it.
    private static func bindings(in lines: [Substring]) -> [(line: Int, count: Int)] {
        lines.indices.compactMap { index in
            let text = lines[index].drop { $0 == " " }
            if text.hasPrefix("JWT_SECRET:") || text.hasPrefix("JWT_SECRET_FILE:")
                || text.hasPrefix("- {name: JWT_SECRET,")
            {
                return (index, 1)
            }
            // In JSON an entry is a mapping of its own.
            if text.hasPrefix("\"name\": \"JWT_SECRET\""), index > 0 {
                let rest = lines[index...].prefix { !$0.drop { $0 == " " }.hasPrefix("}") }
                return (index - 1, rest.count + 2)
            }
            guard text == "- name: JWT_SECRET" || text == "- Name: JWT_SECRET" else { return nil }
            let indentation = lines[index].count - text.count
            let rest = lines[(index + 1)...].prefix { $0.prefix { $0 == " " }.count > indentation }
            return (index, 1 + rest.count)
        }
    }

    @Test("each single deletion or change of what gives a service the secret is found")
    func mutants() throws {
        #expect(Checker(SourceTree(Self.manifests)).run().findings.filter { $0.severity >= .warning } == [])
        var count = 0
        for (file, text) in Self.manifests.sorted(by: { $0.key < $1.key }) {
            // What runs with it; the whole is proved above.
            let neighbours = Self.manifests.filter { SourceTree.folder(of: $0.key) == SourceTree.folder(of: file) }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            for binding in Self.bindings(in: lines) {
                let old = lines[binding.line..<(binding.line + binding.count)].map { $0 + "\n" }.joined()
                for mutation in Self.mutations {
                    let new = mutation.change(old)
                    guard new != old else { continue }
                    count += 1
                    var mutant = neighbours
                    mutant[file] =
                        lines[..<binding.line].map { $0 + "\n" }.joined() + new
                        + lines[(binding.line + binding.count)...].joined(separator: "\n")
                    let found = Checker(SourceTree(mutant)).run().findings.filter { $0.severity >= .warning }
                    #expect(
                        found.contains { $0.locations.contains { $0.file == file } },
                        "\(file):\(binding.line + 1) \(mutation.name)")
                }
            }
        }
        // Four services, in compose, twice in the declaration, and rendered for two environments on three targets, on one of
        // them in two forms.
        #expect(count >= 140)
    }
}
