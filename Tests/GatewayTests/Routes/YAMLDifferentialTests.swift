import Gateway
import Testing
import Yams

/// Whatever our reader accepts, libyaml reads the same way: no file means one thing in an editor or a linter and
/// another at the gateway.
@Suite("The YAML reader beside Yams")
struct YAMLDifferentialTests {
    indirect enum Tree {
        case scalar(String)
        case list([Tree])
        case map([(String, Tree)])
    }

    private static let words = [
        "a", "b1", "/api/v1/", "http://x:80/y", "*.example.org", "true", "null", "~", "12", "0x1f", "x y", "it's", "é",
        "a: b", "# no", "- a", "", " ", "\"q\"", "[", "a,b", "{id}", "\\", "a#b", "-x", "key", "😀", "a:b", "?x", "=",
    ]

    private static func tree(_ random: inout SeededRandom, depth: Int) -> Tree {
        switch random.below(depth >= 4 ? 1 : 3) {
        case 0: return .scalar(random.pick(words))
        case 1: return .list((0..<random.below(4)).map { _ in tree(&random, depth: depth + 1) })
        default:
            var keys: [String] = []
            for _ in 0..<random.below(4) {
                let key = random.pick(words)
                if !keys.contains(key) { keys.append(key) }
            }
            return .map(keys.map { ($0, tree(&random, depth: depth + 1)) })
        }
    }

    private static func scalar(_ text: String, _ random: inout SeededRandom) -> String {
        switch random.below(3) {
        case 0: text
        case 1: "'\(text.replacing("'", with: "''"))'"
        default: "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
        }
    }

    private static func flow(_ tree: Tree, _ random: inout SeededRandom) -> String {
        func gap(_ random: inout SeededRandom) -> String { random.pick(["", " ", "\n    ", " # c\n    ", "  "]) }
        switch tree {
        case .scalar(let text): return scalar(text, &random)
        case .list(let list):
            let inner = list.map { gap(&random) + flow($0, &random) + gap(&random) }.joined(separator: ",")
            return "[" + inner + (random.chance(20) && !list.isEmpty ? ", " : "") + "]"
        case .map(let members):
            let inner = members.map { key, value in
                gap(&random) + scalar(key, &random) + random.pick([": ", ":", " : "]) + flow(value, &random)
                    + gap(&random)
            }
            return "{" + inner.joined(separator: ",") + "}"
        }
    }

    /// Lines below `indent` blanks; the first one begins where it is put.
    private static func block(_ tree: Tree, _ indent: Int, _ random: inout SeededRandom) -> String {
        let blanks = String(repeating: " ", count: indent)
        let end = random.pick(["\n", "\n", " # c\n", "\n\n", "  \n", "\n# c\n"])
        func below(_ value: Tree, _ key: Bool, _ random: inout SeededRandom) -> String {
            let anchor = random.chance(10) ? " &x\(random.below(3))" : ""
            switch value {
            case .scalar(let text): return anchor + " " + scalar(text, &random) + end
            case .list(let list) where !list.isEmpty && random.chance(70):
                let deeper = key && random.chance(30) ? indent : indent + 2
                return anchor + end + String(repeating: " ", count: deeper) + block(value, deeper, &random)
            case .map(let members) where !members.isEmpty && random.chance(70):
                if !key, anchor.isEmpty, random.chance(60) { return " " + block(value, indent + 2, &random) }
                return anchor + end + blanks + "  " + block(value, indent + 2, &random)
            default:
                if random.chance(5) { return " *x\(random.below(3))" + end }
                return anchor + " " + flow(value, &random) + end
            }
        }
        switch tree {
        case .scalar(let text): return scalar(text, &random) + end
        case .list(let list):
            return list.map { "-" + below($0, false, &random) }.joined(separator: blanks)
        case .map(let members):
            return members.map { key, value in scalar(key, &random) + ":" + below(value, true, &random) }
                .joined(separator: blanks)
        }
    }

    private static func ours(_ node: YAMLNode) -> String {
        switch node.content {
        case .scalar(let text, _): "<\(text)>"
        case .list(let list): "[\(list.map(ours).joined(separator: ","))]"
        case .map(let members): "{\(members.map { "<\($0.key)>=\(ours($0.value))" }.joined(separator: ","))}"
        }
    }

    private static func theirs(_ node: Node) -> String {
        switch node {
        case .scalar(let scalar): "<\(scalar.string)>"
        case .sequence(let list): "[\(list.map(theirs).joined(separator: ","))]"
        case .mapping(let mapping):
            "{\(mapping.map { "\(theirs($0.key))=\(theirs($0.value))" }.joined(separator: ","))}"
        case .alias: "*"
        }
    }

    private static func checkAgreement(_ bytes: [UInt8]) -> Bool {
        guard let node = try? YAMLReader.read(bytes) else { return false }
        let text = String(decoding: bytes, as: UTF8.self)
        do {
            let other = try compose(yaml: text)
            #expect(other.map(theirs) == ours(node), "\(text.debugDescription)")
        } catch {
            Issue.record("Yams refuses what we accept: \(text.debugDescription): \(error)")
        }
        return true
    }

    @Test("generated files, whole and damaged, are read alike", arguments: 0..<8)
    func generated(_ seed: Int) {
        var random = SeededRandom(UInt64(seed))
        var accepted = 0
        for _ in 0..<1500 {
            let tree = Self.tree(&random, depth: 0)
            let text = random.chance(60) ? Self.block(tree, 0, &random) : Self.flow(tree, &random)
            var bytes = Array(text.utf8)
            if random.chance(60), !bytes.isEmpty {
                for _ in 0...random.below(3) {
                    let place = random.below(bytes.count)
                    let other = random.pick(Array(" \n\t:-[]{},#&*!|>'\"%@`?ax\\\r~=<".utf8))
                    switch random.below(3) {
                    case 0: bytes[place] = other
                    case 1: bytes.insert(other, at: place)
                    default: bytes.remove(at: place)
                    }
                    if bytes.isEmpty { break }
                }
            }
            if Self.checkAgreement(bytes) { accepted += 1 }
        }
        // A reader that refuses everything would agree too.
        #expect(accepted > 400, "\(accepted)")
    }
}
