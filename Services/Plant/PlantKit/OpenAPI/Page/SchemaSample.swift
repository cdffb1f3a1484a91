extension APISchema {
    /// A value that the schema takes, for people to look at: its own example, or one that says what kind it is.
    var sample: OrderedJSON { sample(depth: 0) }

    private func sample(depth: Int) -> OrderedJSON {
        if let given = examples.first ?? defaultValue { return given }
        // Deep enough for anything of ours, and an end for what holds itself.
        guard depth < 6 else { return nil }
        switch kind {
        case .any, .reference, .unknown: return nil
        case .boolean: return true
        case .text(_, _, let format): return .text(Self.word(format))
        case .choice(let words): return words.first.map { .text($0) } ?? nil
        case .integer(let range): return .integer(range.lower ?? 0)
        case .number(let range): return .number(range.lower ?? 0)
        case .array(let element, _): return .array([element.sample(depth: depth + 1)])
        case .map(let value, _): return .object([.init("name", value.sample(depth: depth + 1))])
        case .object(let fields, _):
            return .object(fields.map { .init($0.name, $0.schema.sample(depth: depth + 1)) })
        case .oneOf(let schemas): return schemas.first?.sample(depth: depth + 1) ?? nil
        case .allOf(let schemas):
            return .object(
                schemas.flatMap { schema -> [OrderedJSON.Member] in
                    guard case .object(let members) = schema.sample(depth: depth + 1) else { return [] }
                    return members
                })
        case .component(_, let schema): return schema.sample(depth: depth + 1)
        }
    }

    private static func word(_ format: String?) -> String {
        switch format {
        case "email": "someone@example.com"
        case "uri", "uri-reference": "/api/v1/…"
        default: "text"
        }
    }
}
