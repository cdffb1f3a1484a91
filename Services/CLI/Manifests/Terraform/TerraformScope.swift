import Evidence

/// One module with its inputs, in which expressions are evaluated. Circles end by depth, which is why no memory of what was
/// evaluated is kept.
struct TerraformScope {
    static let depthLimit = 48

    let module: TerraformModule
    /// What the caller or a file of variables says.
    let inputs: [String: TerraformValue]
    /// The call's address, so that two calls of one module are told apart: `module.x`.
    let address: String
    let modules: [String: TerraformModule]
    let tree: SourceTree
    /// Shared by all modules of a configuration.
    let budget: ReadingBudget
    /// `each`, the iterators of `dynamic` blocks, names of a `for`.
    var names: [String: TerraformValue] = [:]
    var depth = 0

    func evaluate(_ expression: HCLExpression?) -> TerraformValue {
        guard let expression else { return .null }
        guard depth < Self.depthLimit, budget.take() else { return .unknown("an expression that leads back to itself") }
        var scope = self
        scope.depth += 1
        return scope.value(expression)
    }

    private func value(_ expression: HCLExpression) -> TerraformValue {
        let position = expression.position
        switch expression.kind {
        case .text(let text), .literal(let text): return .bound(.literal(text), position)
        case .null: return .null
        case .opaque(let spelling): return .unknown("\(spelling) at \(position)")
        case .template(let parts):
            var text = BoundValue.empty
            for part in parts { text = text + (evaluate(part).bound ?? .empty) }
            return .bound(text, parts.first?.position ?? position)
        case .list(let values): return .list(values.map(evaluate))
        case .object(let entries):
            var members: [TerraformValue.Member] = []
            for entry in entries {
                guard let key = evaluate(entry.key).assumed else { return .unknown("a mapping at \(position)") }
                members.append(.init(key: key, value: evaluate(entry.value), position: entry.key.position))
            }
            return .object(members)
        case .conditional(let condition, let yes, let no):
            let (yes, no) = (evaluate(yes), evaluate(no))
            if let holds = evaluate(condition).literal { return holds == "true" ? yes : no }
            return yes.isSame(as: no) ? yes : .unknown("a condition at \(position)")
        case .binary(let sign, let left, let right): return binary(sign, evaluate(left), evaluate(right), position)
        case .call(let name, let arguments): return call(name, arguments, position)
        case .loop(let names, let collection, let key, let value, let condition):
            return loop(names, evaluate(collection), key, value, condition, position)
        case .path(let parts): return TerraformAddress(scope: self).value(parts, at: position)
        }
    }

    private func binary(
        _ sign: String, _ left: TerraformValue, _ right: TerraformValue, _ position: SourcePosition
    ) -> TerraformValue {
        if sign == "==" || sign == "!=" {
            let isNull = { (value: TerraformValue) in if case .null = value { true } else { false } }
            if isNull(left) || isNull(right), left.isKnown, right.isKnown {
                return .bound(.literal((isNull(left) == isNull(right)) == (sign == "==") ? "true" : "false"), position)
            }
            guard let a = left.literal, let b = right.literal else { return .unknown("a comparison at \(position)") }
            return .bound(.literal((a == b) == (sign == "==") ? "true" : "false"), position)
        }
        guard sign == "&&" || sign == "||", let a = left.literal, let b = right.literal else {
            return .unknown("an operation at \(position)")
        }
        let holds = sign == "&&" ? a == "true" && b == "true" : a == "true" || b == "true"
        return .bound(.literal(holds ? "true" : "false"), position)
    }

    private func call(_ name: String, _ arguments: [HCLExpression], _ position: SourcePosition) -> TerraformValue {
        switch name {
        case "file", "templatefile":
            guard let path = arguments.first.flatMap({ evaluate($0).literal }), let file = resolve(path),
                let text = try? tree.text(file)
            else { return .unknown("\(name) at \(position)") }
            let start = SourcePosition(file: file, line: 1)
            if name == "file" { return .bound(.literal(text), start) }
            guard case .object(let members) = evaluate(arguments.dropFirst().first) else { break }
            var scope = self
            for member in members { scope.names[member.key] = member.value }
            guard let parts = try? HCLParser.template(text, at: start) else { break }
            return scope.evaluate(parts)
        case "can": return .unknown("can at \(position)")
        default: break
        }
        return TerraformFunctions.call(name, arguments.map(evaluate), at: position)
    }

    private func resolve(_ path: String) -> String? {
        SourceTree.resolve(path, in: module.folder)
    }

    private func loop(
        _ names: [String], _ collection: TerraformValue, _ key: HCLExpression?, _ value: HCLExpression,
        _ condition: HCLExpression?, _ position: SourcePosition
    ) -> TerraformValue {
        guard let entries = Self.entries(collection), entries.count <= 1000 else {
            return .unknown("a loop at \(position)")
        }
        var values: [TerraformValue] = []
        var members: [TerraformValue.Member] = []
        for entry in entries {
            var scope = self
            if names.count == 2 {
                scope.names[names[0]] = entry.key
                scope.names[names[1]] = entry.value
            } else if let name = names.first {
                scope.names[name] = entry.value
            }
            if let condition {
                guard let holds = scope.evaluate(condition).literal else { return .unknown("a loop at \(position)") }
                if holds != "true" { continue }
            }
            guard let key else {
                values.append(scope.evaluate(value))
                continue
            }
            guard let name = scope.evaluate(key).assumed else { return .unknown("a loop at \(position)") }
            members.append(.init(key: name, value: scope.evaluate(value), position: entry.position ?? position))
        }
        return key == nil ? .list(values) : .object(members)
    }

    /// Keys and values of what can be iterated; nil where that is not known.
    static func entries(
        _ value: TerraformValue
    ) -> [(key: TerraformValue, value: TerraformValue, position: SourcePosition?)]? {
        switch value {
        case .object(let members): members.map { (.bound(.literal($0.key), $0.position), $0.value, $0.position) }
        case .list(let values):
            values.enumerated().map { index, value in
                (
                    .bound(.literal(String(index)), value.position ?? SourcePosition(file: "", line: 1)), value,
                    value.position
                )
            }
        case .null: []
        default: nil
        }
    }
}

extension HCLParser {
    /// A file of text with `${…}` in it.
    static func template(_ text: String, at start: SourcePosition) throws(ManifestFault) -> HCLExpression {
        var lexer = HCLLexer(text, start: start)
        var parts: [HCLExpression] = []
        for part in try lexer.wholeTemplate() {
            switch part {
            case .text(let text, let place): parts.append(HCLExpression(kind: .text(text), position: place))
            case .expression(let text, let place):
                parts.append(try expression(text, at: place, depth: 1))
            case .directive(let place):
                parts.append(HCLExpression(kind: .opaque("a template's directive"), position: place))
            }
        }
        return HCLExpression(kind: .template(parts), position: start)
    }
}
