/// A `DocumentNode` as JSON, keys in their order.
enum JSONDocument {
    static func of(_ node: DocumentNode) -> String { text(node, at: 0) + "\n" }

    private static func text(_ node: DocumentNode, at indent: Int) -> String {
        let margin = String(repeating: "  ", count: indent)
        switch node.bare {
        case .text(let text): return quoted(text)
        case .lines(let lines): return quoted(lines.map { $0 + "\n" }.joined())
        case .number(let number): return String(number)
        case .flag(let flag): return flag ? "true" : "false"
        case .list(let list):
            let elements = list.filter { !$0.isAbsent }.map { margin + "  " + text($0, at: indent + 1) }
            return elements.isEmpty ? "[]" : "[\n\(elements.joined(separator: ",\n"))\n\(margin)]"
        case .map(let members):
            let members = members.filter { !$0.value.isAbsent }.map { member in
                "\(margin)  \(quoted(member.key)): \(text(member.value, at: indent + 1))"
            }
            return members.isEmpty ? "{}" : "{\n\(members.joined(separator: ",\n"))\n\(margin)}"
        case .absent, .explained: return "null"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
