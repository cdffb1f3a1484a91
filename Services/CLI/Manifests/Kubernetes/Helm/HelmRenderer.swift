import Evidence

/// Renders one chart's templates with its values, as `helm template` does, as far as it goes without a cluster; each value
/// stays known by its place.
struct HelmRenderer {
    /// Characters of one template's output.
    private static let outputLimit = 4 << 20
    /// Blocks in blocks and templates in templates.
    private static let depthLimit = 160
    /// Steps of one template, so that ranges in ranges end.
    private static let stepLimit = 200_000

    /// `$`: Values, Release, Chart and so on.
    let root: ManifestNode
    let definitions: [String: [HelmTemplate.Node]]
    var marks = HelmMarks()
    private var variables: [[String: ManifestNode]] = [[:]]
    private var depth = 0
    private var steps = 0

    init(root: ManifestNode, definitions: [String: [HelmTemplate.Node]]) {
        self.root = root
        self.definitions = definitions
    }

    /// - Returns: the documents, with positions in the template.
    mutating func documents(of template: HelmTemplate, file: String) throws(HelmFault) -> [ManifestNode] {
        marks = HelmMarks()
        steps = 0
        variables = [["": root]]
        var output = HelmOutput()
        try render(template.nodes, root, &output)
        do throws(ManifestFaults) {
            let documents = try YAMLDocument.documents(output.text, file: file)
            return documents.map { marks.resolved($0, lines: output.lines) }
        } catch {
            let fault = error.faults.first
            let line = fault.map { $0.position.line } ?? 1
            throw HelmFault(
                line: output.lines.indices.contains(line - 1) ? output.lines[line - 1] : output.lines.last ?? 1,
                reason: "what comes out here is \(fault?.problem ?? "no YAML")")
        }
    }

    // MARK: nodes

    private mutating func render(
        _ nodes: [HelmTemplate.Node], _ dot: ManifestNode, _ output: inout HelmOutput
    ) throws(HelmFault) {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.depthLimit else {
            throw HelmFault(line: 1, reason: "templates include each other without end")
        }
        for node in nodes {
            steps += 1
            switch node {
            case .text(let text, let line): output.append(text, line: line, follows: true)
            case .output(let expression, let line):
                try bound(line, output)
                let value = try evaluate(expression, dot, line)
                try write(value, of: expression, line, &output)
            case .assignment(let name, let expression, let declares, let line):
                try bound(line, output)
                let value = try evaluate(expression, dot, line)
                let scope = variables.lastIndex { $0[name] != nil }
                variables[declares ? variables.count - 1 : scope ?? variables.count - 1][name] = value
            case .branch(let expression, let then, let otherwise, let setsDot, let line):
                try bound(line, output)
                let value = try evaluate(expression, dot, line)
                let isTrue = try truth(of: value, line)
                try scoped { renderer throws(HelmFault) in
                    try renderer.render(isTrue ? then : otherwise, isTrue && setsDot ? value : dot, &output)
                }
            case .range(let key, let element, let expression, let body, let otherwise, let line):
                try range(key, element, try evaluate(expression, dot, line), body, otherwise, dot, line, &output)
            }
        }
    }

    private mutating func range(
        _ key: String?, _ element: String?, _ source: ManifestNode, _ body: [HelmTemplate.Node],
        _ otherwise: [HelmTemplate.Node], _ dot: ManifestNode, _ line: Int, _ output: inout HelmOutput
    ) throws(HelmFault) {
        guard try truth(of: source, line) else { return try render(otherwise, dot, &output) }
        let pairs: [(ManifestNode, ManifestNode)]
        switch source.content {
        case .list(let list): pairs = list.enumerated().map { (HelmValue.plain(String($0.offset)), $0.element) }
        // Go goes through a mapping in the order of its keys.
        case .map(let members):
            pairs = members.sorted { $0.key < $1.key }.map { (HelmValue.text($0.key), $0.value) }
        case .scalar: throw HelmFault(line: line, reason: "this range goes over what is no list")
        }
        for (name, value) in pairs {
            try bound(line, output)
            try scoped { renderer throws(HelmFault) in
                if let key { renderer.variables[renderer.variables.count - 1][key] = name }
                if let element { renderer.variables[renderer.variables.count - 1][element] = value }
                try renderer.render(body, value, &output)
            }
        }
    }

    private mutating func scoped(_ body: (inout HelmRenderer) throws(HelmFault) -> Void) throws(HelmFault) {
        variables.append([:])
        defer { variables.removeLast() }
        try body(&self)
    }

    private func bound(_ line: Int, _ output: HelmOutput) throws(HelmFault) {
        guard steps < Self.stepLimit, output.text.utf8.count < Self.outputLimit else {
            throw HelmFault(line: line, reason: "this template does not come to an end")
        }
    }

    func truth(of value: ManifestNode, _ line: Int) throws(HelmFault) -> Bool {
        guard let isTrue = marks.flattened(value).isTrue else {
            throw HelmFault(line: line, reason: "what stands here hangs on something that only helm can tell")
        }
        return isTrue
    }

    private mutating func write(
        _ value: ManifestNode, of expression: HelmExpression, _ line: Int, _ output: inout HelmOutput
    ) throws(HelmFault) {
        if value.isOpaque, output.isAtLineStart {
            throw HelmFault(line: line, reason: "what stands here is made by a function that only helm knows")
        }
        output.append(try written(value, line), line: line, follows: false)
    }

    /// As it goes into a text: a value of a values file as a mark.
    mutating func written(_ value: ManifestNode, _ line: Int) throws(HelmFault) -> String {
        guard let scalar = value.scalar else {
            throw HelmFault(line: line, reason: "a \(value.kindName) is printed here as Go prints it, which is no YAML")
        }
        if value.filled != nil { return marks.mark(value) }
        if scalar.kind == .null { return "" }
        // Several lines may be structure, so they go in as they are.
        let isKnown = value.position.line > 0 && !scalar.text.contains(where: \.isNewline) && !scalar.text.isEmpty
        return isKnown ? marks.mark(value) : scalar.text
    }

    // MARK: expressions

    mutating func evaluate(
        _ expression: HelmExpression, _ dot: ManifestNode, _ line: Int
    ) throws(HelmFault) -> ManifestNode {
        steps += 1
        guard steps < Self.stepLimit else {
            throw HelmFault(line: line, reason: "this template does not come to an end")
        }
        switch expression {
        case .string(let text): return HelmValue.text(text)
        case .number(let text): return HelmValue.plain(text)
        case .boolean(let value): return HelmValue.boolean(value)
        case .null: return HelmValue.null
        case .dot: return dot
        case .variable(let name):
            guard let value = variables.last(where: { $0[name] != nil })?[name] else {
                throw HelmFault(line: line, reason: "$\(name) is not set before this line")
            }
            // `$` alone is what the template was given: set under the empty name.
            return value
        case .field(let base, let names): return field(names, of: try evaluate(base, dot, line), base)
        case .method(let callee, let arguments):
            if case .field(_, let names) = callee, names.last == "Has", names.contains("APIVersions") {
                // What a cluster serves; charts ask before they use something of their own.
                return HelmValue.boolean(false)
            }
            for argument in arguments { _ = try evaluate(argument, dot, line) }
            return HelmValue.opaque("a method of the chart")
        case .call(let name, let arguments): return try call(name, arguments, dot, line)
        }
    }

    /// What is not there is null, as in Helm; one that speaks of a secret is given at deploy (`--set`).
    private func field(_ names: [String], of base: ManifestNode, _ expression: HelmExpression) -> ManifestNode {
        if base.isOpaque { return base }
        var node = base
        for name in names { node = node[name] ?? HelmValue.null }
        guard node.filled == nil, node.printed == "", let last = names.last, SecretLikeName.isLikely(last) else {
            return node
        }
        // Reached through `.Values`, or through something that was found there.
        let path = names.first == "Values" ? names.dropFirst().joined(separator: ".") : names.joined(separator: ".")
        var absent = ManifestNode(node.content, at: node.position)
        absent.filled = FilledText(.reference(SecretReference(.template, ".Values.\(path)")), at: nil)
        return absent
    }

    private mutating func call(
        _ name: String, _ arguments: [HelmExpression], _ dot: ManifestNode, _ line: Int
    ) throws(HelmFault) -> ManifestNode {
        switch name {
        case "include", "tpl": return try nested(name, arguments, dot, line)
        // These look at no more than they need.
        case "and", "or":
            var value = HelmValue.null
            for argument in arguments {
                value = try evaluate(argument, dot, line)
                if try truth(of: value, line) == (name == "or") { return value }
            }
            return value
        default:
            var values: [ManifestNode] = []
            for argument in arguments { values.append(try evaluate(argument, dot, line)) }
            var functions = HelmFunctions(marks: marks)
            let value = try functions.call(name, values, line)
            marks = functions.marks
            return value
        }
    }

    private mutating func nested(
        _ name: String, _ arguments: [HelmExpression], _ dot: ManifestNode, _ line: Int
    ) throws(HelmFault) -> ManifestNode {
        guard let first = arguments.first else { throw HelmFault(line: line, reason: "\(name) of nothing") }
        let value = try evaluate(first, dot, line)
        let inner = try arguments.dropFirst().first.map { argument throws(HelmFault) in
            try evaluate(argument, dot, line)
        }
        guard let text = marks.flattened(value).printed else { return HelmValue.opaque(name) }
        let nodes: [HelmTemplate.Node]
        if name == "tpl" {
            // A value that holds no template keeps its place.
            guard text.contains("{{") else { return value }
            do throws(HelmFault) { nodes = try HelmTemplate.parse(text).nodes } catch {
                throw HelmFault(line: line, reason: error.reason)
            }
        } else {
            guard let found = definitions[text] else { return HelmValue.opaque("include \(text)") }
            nodes = found
        }
        let outside = variables
        variables = [["": inner ?? HelmValue.null]]
        defer { variables = outside }
        var output = HelmOutput()
        do throws(HelmFault) {
            try render(nodes, inner ?? HelmValue.null, &output)
        } catch {
            throw HelmFault(line: line, reason: error.reason)
        }
        return HelmValue.text(output.text)
    }
}

extension HelmMarks {
    /// A text without marks: for functions that look into it.
    func flattened(_ node: ManifestNode) -> ManifestNode {
        guard node.filled == nil, let scalar = node.scalar, Self.has(scalar.text) else { return node }
        guard let flat = flat(scalar.text) else { return HelmValue.opaque("a template") }
        return node.replacing(.scalar(.init(flat, isPlain: scalar.isPlain)))
    }
}

extension HelmTemplate {
    static func parse(_ text: String) throws(HelmFault) -> HelmTemplate { try HelmTemplateParser.parse(text) }
}
