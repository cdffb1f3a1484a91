import Evidence

/// What stands between `${{` and `}}`, as GitHub documents it (Evaluate expressions in workflows and actions).
indirect enum WorkflowExpression: Sendable {
    case value(WorkflowValue)
    /// `secrets.X`, `matrix['x']`
    case path([WorkflowExpression])
    case call(String, [WorkflowExpression])
    case not(WorkflowExpression)
    case binary(String, WorkflowExpression, WorkflowExpression)

    /// Nil for a text that can't be read.
    static func parse(_ text: String) -> WorkflowExpression? {
        var parser = WorkflowExpressionParser(text)
        return parser.parse()
    }

    /// - Parameter lookup: what a path of names holds.
    func evaluate(_ lookup: ([String]) -> WorkflowValue) -> WorkflowValue {
        switch self {
        case .value(let value): return value
        case .path(let parts):
            var names: [String] = []
            for part in parts {
                guard let name = part.evaluate(lookup).text else { return .unknown }
                names.append(name)
            }
            return lookup(names)
        case .not(let inner): return inner.evaluate(lookup).truth.map { .boolean(!$0) } ?? .unknown
        case .call(let name, let arguments):
            return WorkflowFunctions.call(name.lowercased(), arguments.map { $0.evaluate(lookup) })
        case .binary(let sign, let left, let right):
            return Self.binary(sign, left.evaluate(lookup), right.evaluate(lookup))
        }
    }

    private static func binary(_ sign: String, _ left: WorkflowValue, _ right: WorkflowValue) -> WorkflowValue {
        switch sign {
        case "&&":
            guard let truth = left.truth else { return .maybe(right.bound) }
            return truth ? right : left
        case "||": return left.orElse(right)
        case "==", "!=":
            guard let a = left.text, let b = right.text else { return .unknown }
            // GitHub compares texts without case.
            return .boolean((a.lowercased() == b.lowercased()) == (sign == "=="))
        default: return .unknown
        }
    }
}

enum WorkflowValue: Sendable {
    case boolean(Bool)
    case bound(BoundValue)
    /// This value, or one that counts as false.
    case maybe(BoundValue?)
    case unknown

    /// What is known of it whole.
    var text: String? {
        switch self {
        case .boolean(let value): value ? "true" : "false"
        case .bound(let value): value.literal
        case .maybe, .unknown: nil
        }
    }

    var truth: Bool? {
        switch self {
        case .boolean(let value): value
        // A text is false only where it is empty; `'false'` is true.
        case .bound(let value): value.literal.map { !$0.isEmpty }
        case .maybe, .unknown: nil
        }
    }

    var bound: BoundValue? {
        switch self {
        case .boolean(let value): .literal(value ? "true" : "false")
        case .bound(let value): value
        case .maybe, .unknown: nil
        }
    }

    func orElse(_ right: WorkflowValue) -> WorkflowValue {
        if let truth { return truth ? self : right }
        switch self {
        case .bound(let value):
            guard let word = right.bound else { return .unknown }
            return Self.orElse(value, word).map(WorkflowValue.bound) ?? .unknown
        case .maybe(let value?): return value == right.bound ? right : .unknown
        default: return .unknown
        }
    }

    /// `A || B`, where A is a place that may be empty.
    private static func orElse(_ value: BoundValue, _ word: BoundValue) -> BoundValue? {
        guard let reference = value.reference else { return nil }
        guard let before = value.fallback else { return .reference(reference, default: word) }
        if let literal = before.literal {
            return literal.isEmpty ? .reference(reference, default: word) : value
        }
        return orElse(before, word).map { .reference(reference, default: $0) }
    }
}

enum WorkflowFunctions {
    static func call(_ name: String, _ arguments: [WorkflowValue]) -> WorkflowValue {
        switch name {
        case "format":
            guard let format = arguments.first?.text else { return .unknown }
            return self.format(format, Array(arguments.dropFirst()))
        case "contains": return test(arguments) { $0.contains($1) }
        case "startswith": return test(arguments) { $0.hasPrefix($1) }
        case "endswith": return test(arguments) { $0.hasSuffix($1) }
        case "always": return .boolean(true)
        default: return .unknown
        }
    }

    private static func test(_ arguments: [WorkflowValue], _ holds: (String, String) -> Bool) -> WorkflowValue {
        guard arguments.count == 2, let a = arguments[0].text, let b = arguments[1].text else { return .unknown }
        return .boolean(holds(a.lowercased(), b.lowercased()))
    }

    private static func format(_ format: String, _ arguments: [WorkflowValue]) -> WorkflowValue {
        var value = BoundValue.empty
        var rest = format[...]
        while let open = rest.firstIndex(of: "{") {
            value = value + .literal(String(rest[..<open]))
            rest = rest[rest.index(after: open)...]
            if rest.first == "{" {
                value = value + .literal("{")
                rest.removeFirst()
                continue
            }
            guard let close = rest.firstIndex(of: "}"), let index = Int(rest[..<close]),
                arguments.indices.contains(index),
                let argument = arguments[index].bound
            else { return .unknown }
            value = value + argument
            rest = rest[rest.index(after: close)...]
        }
        return .bound(value + .literal(String(rest.replacing("}}", with: "}"))))
    }
}
