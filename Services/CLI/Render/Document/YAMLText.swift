import Manifests

/// A `DocumentNode` as YAML in block style, such that `yamllint` with its default rules finds nothing: two spaces for
/// each level, no line beyond 80 columns where one can be broken, strings quoted only where they must be.
struct YAMLText {
    private static let width = 80
    private var lines: [String] = []

    static func of(_ node: DocumentNode) -> String {
        var text = YAMLText()
        text.write(node.bare, at: 0)
        return text.lines.joined(separator: "\n") + "\n"
    }

    /// Comment lines that fit, without an end.
    static func comment(_ text: String, indentedBy indent: Int = 0) -> [String] {
        let margin = String(repeating: " ", count: indent) + "# "
        var lines: [String] = []
        for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var line = ""
            for word in paragraph.split(separator: " ") {
                if !line.isEmpty, margin.count + line.count + 1 + word.count > width - 2 {
                    lines.append(margin + line)
                    line = ""
                }
                line += (line.isEmpty ? "" : " ") + word
            }
            lines.append(line.isEmpty ? String(margin.dropLast()) : margin + line)
        }
        return lines
    }

    private mutating func write(_ node: DocumentNode, at indent: Int) {
        switch node {
        case .map(let members): for member in members { write(member, at: indent) }
        case .list(let list): for element in list { write(element, inListAt: indent) }
        default: lines.append(margin(indent) + Self.scalar(node))
        }
    }

    private mutating func write(_ member: DocumentNode.Member, at indent: Int) {
        guard !member.value.isAbsent else { return }
        if let comment = member.value.comment { lines += Self.comment(comment, indentedBy: indent) }
        let head = margin(indent) + Self.quoted(member.key) + ":"
        write(member.value.bare, behind: head, at: indent)
    }

    private mutating func write(_ element: DocumentNode, inListAt indent: Int) {
        guard !element.isAbsent else { return }
        if let comment = element.comment { lines += Self.comment(comment, indentedBy: indent) }
        if case .map(let members) = element.bare {
            let start = lines.count
            var first = true
            for member in members where !member.value.isAbsent {
                // A comment can't stand between the dash and its first key.
                write(first ? .init(member.key, member.value.bare) : member, at: indent + 2)
                first = false
            }
            guard lines.count > start else {
                lines.append(margin(indent) + "- {}")
                return
            }
            lines[start] = margin(indent) + "- " + lines[start].dropFirst(indent + 2)
        } else {
            write(element.bare, behind: margin(indent) + "-", at: indent)
        }
    }

    private mutating func write(_ node: DocumentNode, behind head: String, at indent: Int) {
        switch node {
        case .map(let members):
            guard members.contains(where: { !$0.value.isAbsent }) else { return lines.append(head + " {}") }
            lines.append(head)
            write(node, at: indent + 2)
        case .list(let list):
            guard list.contains(where: { !$0.isAbsent }) else { return lines.append(head + " []") }
            lines.append(head)
            write(node, at: indent + 2)
        case .lines(let text):
            lines.append(head + " |")
            lines += text.map { $0.isEmpty ? "" : margin(indent + 2) + $0 }
        default:
            let scalar = Self.scalar(node)
            if case .text(let text) = node, head.count + 1 + scalar.count > Self.width, Self.isOneWord(text) {
                // Folded, and one word: the same string, on a line that no rule asks to break.
                lines.append(head + " >-")
                lines.append(margin(indent + 2) + text)
            } else {
                lines.append(head + " " + scalar)
            }
        }
    }

    /// Without spaces and controls, so that a block may hold it as it is.
    private static func isOneWord(_ text: String) -> Bool {
        !text.isEmpty && text.unicodeScalars.allSatisfy { $0.isASCII && $0.value > 0x20 && $0.value != 0x7F }
    }

    private func margin(_ indent: Int) -> String { String(repeating: " ", count: indent) }

    private static func scalar(_ node: DocumentNode) -> String {
        switch node {
        case .text(let text): quoted(text)
        case .number(let number): String(number)
        case .flag(let flag): flag ? "true" : "false"
        default: ""
        }
    }

    /// As it stands where every YAML reader sees a string in it, else in double quotes.
    static func quoted(_ text: String) -> String {
        isPlain(text) ? text : "\"" + escaped(text) + "\""
    }

    private static func isPlain(_ text: String) -> Bool {
        guard ManifestScalar(text, isPlain: true).kind == .string, let first = text.first, let last = text.last,
            !"-?:,[]{}#&*!|>'\"%@`=~<. ".contains(first), last != ":", last != " "
        else { return false }
        // YAML 1.1 reads these as booleans too; `on` and the like are known to `ManifestScalar`.
        guard !["y", "Y", "n", "N"].contains(text) else { return false }
        return !text.contains(": ") && !text.contains(" #")
            && text.unicodeScalars.allSatisfy { $0.isASCII && $0.value >= 0x20 && $0.value != 0x7F }
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": escaped += "\\\""
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\t": escaped += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                escaped += "\\x" + (digits.count == 1 ? "0" : "") + digits
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
