import Evidence
import Foundation
import Testing

@testable import Check

/// Our own files: clean as they are, and no single line about the secret can be lost or changed without a finding.
@Suite("Our own repository")
struct OwnRepositoryTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The whole tree as it lies here, but for what builds and tests leave.
    private static let tree = SourceTree(root: root, ignores: { $0.hasPrefix(".build") || $0.hasPrefix(".lockstep") })

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

    /// The manifests in which a service is given the secret, and each line that does it.
    private static let lines: [(file: String, line: Int)] = {
        let files = tree.files.filter { file in
            file == "docker-compose.local.yml" || file == "infrastructure.yaml" || file.hasPrefix("deploy/")
        }
        return files.flatMap { file in
            let text = (try? tree.text(file)) ?? ""
            return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
                index, line in
                binds(line) ? (file, index) : nil
            }
        }
    }()

    private static func binds(_ line: Substring) -> Bool {
        let text = line.drop { $0 == " " }
        return text.hasPrefix("JWT_SECRET:") || text.hasPrefix("- {name: JWT_SECRET,")
    }

    /// How a line may go wrong; nil for a way that this line can't.
    private static let mutations: [(name: String, change: @Sendable (String) -> String?)] = [
        ("lost", { _ in nil }),
        ("renamed", { $0.replacing("JWT_SECRET", with: "JWT_SECRT", maxReplacements: 1) }),
        (
            "another place",
            { line in
                line.contains("secret_name: ")
                    ? line.replacing("secret_name: ", with: "secret_name: other-")
                    : line.replacing("${JWT_SECRET", with: "${OTHER_SECRET")
            }
        ),
        (
            "another version",
            { line in
                line.contains("version: ") ? line.replacing("version: ", with: "version: 9") : nil
            }
        ),
        ("a default", { line in line.contains(":?") ? line.replacing(":?", with: ":-") : nil }),
        (
            "a text",
            { line in
                line.contains("${") ? line.prefix { $0 != ":" } + ": \(Given.strong)" : nil
            }
        ),
    ]

    @Test("each single deletion or change of a line that gives the secret is found")
    func mutants() throws {
        #expect(Self.lines.count >= 12)
        // The manifests alone: what the sources say does not change, and is proved above.
        var texts: [String: String] = [:]
        for file in Self.tree.files where Set(Self.lines.map(\.file)).contains(file) {
            texts[file] = try Self.tree.text(file)
        }
        #expect(Checker(SourceTree(texts)).run().findings.filter { $0.severity >= .warning } == [])
        var count = 0
        for (file, line) in Self.lines {
            for mutation in Self.mutations {
                var lines = (texts[file] ?? "").split(separator: "\n", omittingEmptySubsequences: false)
                let changed = mutation.change(String(lines[line]))
                if mutation.name != "lost", changed == nil || changed == String(lines[line]) { continue }
                if let changed { lines[line] = changed[...] } else { lines.remove(at: line) }
                count += 1
                var mutant = texts
                mutant[file] = lines.joined(separator: "\n")
                let found = Checker(SourceTree(mutant)).run().findings.filter { $0.severity >= .warning }
                #expect(
                    found.contains { $0.locations.contains { $0.file == file } },
                    "\(file):\(line + 1) \(mutation.name)")
            }
        }
        #expect(count >= 40)
    }
}
