/// Text and actions to a template's tree.
struct HelmTemplateParser {
    private let pieces: [HelmLexer.Piece]
    private var index = 0
    private var definitions: [String: [HelmTemplate.Node]] = [:]
    private var depth = 0

    /// Blocks in blocks.
    private static let depthLimit = 128

    static func parse(_ text: String) throws(HelmFault) -> HelmTemplate {
        var parser = HelmTemplateParser(pieces: try HelmLexer.pieces(of: text))
        let (nodes, end) = try parser.nodes()
        if let end { throw HelmFault(line: end.line, reason: "this \(end.word) belongs to nothing") }
        return HelmTemplate(nodes: nodes, definitions: parser.definitions)
    }

    private init(pieces: [HelmLexer.Piece]) {
        self.pieces = pieces
    }

    private struct End {
        let word: String
        let rest: String
        let line: Int
    }

    /// Up to the `end` or `else` that is not their own, or to the end of the text.
    private mutating func nodes() throws(HelmFault) -> ([HelmTemplate.Node], End?) {
        depth += 1
        defer { depth -= 1 }
        var nodes: [HelmTemplate.Node] = []
        while index < pieces.count {
            let piece = pieces[index]
            index += 1
            switch piece {
            case .text(let text, let line): nodes.append(.text(text, line: line))
            case .action(let action, let line):
                guard depth < Self.depthLimit else {
                    throw HelmFault(line: line, reason: "blocks are nested too deeply")
                }
                let word = String(action.prefix { $0.isLetter })
                let rest = String(action.dropFirst(word.count)).trimmingBlanks
                switch word {
                case "end", "else": return (nodes, End(word: word, rest: rest, line: line))
                case "if", "with": nodes.append(try branch(rest, setsDot: word == "with", line: line))
                case "range": nodes.append(try range(rest, line: line))
                case "define", "block": try define(word, rest, line: line, into: &nodes)
                case "template": nodes.append(.output(try included(rest, line: line), line: line))
                case "break", "continue":
                    throw HelmFault(line: line, reason: "\(word) is not followed")
                default: nodes.append(try output(action, line: line))
                }
            }
        }
        return (nodes, nil)
    }

    private mutating func branch(_ condition: String, setsDot: Bool, line: Int) throws(HelmFault) -> HelmTemplate.Node {
        var otherwise: [HelmTemplate.Node] = []
        // `with $x := …` names it as well.
        let assigned = Self.assignment(condition)
        let expression = try HelmExpressionParser.parse(assigned?.value ?? condition, line: line)
        let (then, end) = try nodes()
        guard let end else { throw HelmFault(line: line, reason: "this block is never ended") }
        if end.word == "else" {
            if end.rest.isEmpty {
                otherwise = try body(line)
            } else {
                let word = String(end.rest.prefix { $0.isLetter })
                let rest = String(end.rest.dropFirst(word.count)).trimmingBlanks
                // A chain of these is as deep as it is long.
                depth += 1
                defer { depth -= 1 }
                guard depth < Self.depthLimit else {
                    throw HelmFault(line: end.line, reason: "blocks are nested too deeply")
                }
                otherwise = [try branch(rest, setsDot: word == "with", line: end.line)]
            }
        }
        let node = HelmTemplate.Node.branch(
            assigned.map { .variable($0.name) } ?? expression, then: then, otherwise: otherwise, setsDot: setsDot,
            line: line)
        guard let assigned else { return node }
        // A block of its own, so that the name ends with it.
        return .branch(
            .boolean(true), then: [.assignment(assigned.name, expression, declares: true, line: line), node],
            otherwise: [],
            setsDot: false, line: line)
    }

    private mutating func range(_ text: String, line: Int) throws(HelmFault) -> HelmTemplate.Node {
        var key: String?
        var element: String?
        var source = text
        if let match = text.wholeMatch(of: /(?s)\$(\w+)\s*(?:,\s*\$(\w+)\s*)?:=\s*(.+)/) {
            if let second = match.2 {
                key = String(match.1)
                element = String(second)
            } else {
                element = String(match.1)
            }
            source = String(match.3)
        }
        let expression = try HelmExpressionParser.parse(source, line: line)
        let (body, end) = try nodes()
        guard let end else { throw HelmFault(line: line, reason: "this range is never ended") }
        let otherwise = end.word == "else" ? try self.body(line) : []
        return .range(key: key, element: element, expression, body: body, otherwise: otherwise, line: line)
    }

    private mutating func define(
        _ word: String, _ rest: String, line: Int, into nodes: inout [HelmTemplate.Node]
    ) throws(HelmFault) {
        guard let match = rest.wholeMatch(of: /(?s)["`]([^"`]+)["`]\s*(.*)/) else {
            throw HelmFault(line: line, reason: "this \(word) has no name")
        }
        definitions[String(match.1)] = try body(line)
        if word == "block" { nodes.append(.output(try included(rest, line: line), line: line)) }
    }

    private mutating func body(_ line: Int) throws(HelmFault) -> [HelmTemplate.Node] {
        let (nodes, end) = try nodes()
        guard end?.word == "end" else { throw HelmFault(line: line, reason: "this block is never ended") }
        return nodes
    }

    private func included(_ text: String, line: Int) throws(HelmFault) -> HelmExpression {
        try HelmExpressionParser.parse("include \(text)", line: line)
    }

    private func output(_ action: String, line: Int) throws(HelmFault) -> HelmTemplate.Node {
        guard let assigned = Self.assignment(action) else {
            return .output(try HelmExpressionParser.parse(action, line: line), line: line)
        }
        let value = try HelmExpressionParser.parse(assigned.value, line: line)
        return .assignment(assigned.name, value, declares: assigned.declares, line: line)
    }

    private static func assignment(_ text: String) -> (name: String, value: String, declares: Bool)? {
        guard let match = text.wholeMatch(of: /(?s)\$(\w+)\s*(:?)=\s*(.+)/) else { return nil }
        return (String(match.1), String(match.3), match.2 == ":")
    }
}
