extension APISchema {
    /// As JSON Schema 2020-12; named ones as references below `#/components/schemas/`.
    package var json: OrderedJSON {
        var members: [OrderedJSON.Member] = []
        if isNullable, needsAlternative {
            members.append(.init("anyOf", [.object(ownMembers), ["type": "null"]]))
        } else {
            members = ownMembers
        }
        if let summary { members.append(.init("description", .text(summary))) }
        if let defaultValue { members.append(.init("default", defaultValue)) }
        if !examples.isEmpty { members.append(.init("examples", .array(examples))) }
        if isReadOnly { members.append(.init("readOnly", true)) }
        return .object(members)
    }

    /// Every named schema in here, by name, innermost first.
    package var components: [(name: String, schema: APISchema)] {
        switch kind {
        case .any, .boolean, .text, .choice, .integer, .number, .reference, .unknown: []
        case .array(let element, _): element.components
        case .map(let value, _): value.components
        case .object(let fields, _): fields.flatMap(\.schema.components)
        case .oneOf(let schemas), .allOf(let schemas): schemas.flatMap(\.components)
        case .component(let name, let schema): schema.components + [(name, schema)]
        }
    }

    /// Why parts of it are not known.
    var faults: [String] {
        switch kind {
        case .any, .boolean, .text, .choice, .integer, .number, .reference: []
        case .array(let element, _): element.faults
        case .map(let value, _): value.faults
        case .object(let fields, _): fields.flatMap(\.schema.faults)
        case .oneOf(let schemas), .allOf(let schemas): schemas.flatMap(\.faults)
        case .component(_, let schema): schema.faults
        case .unknown(let reason): [reason]
        }
    }

    /// `type` can name null beside one type; what is no single `type` needs an `anyOf`.
    private var needsAlternative: Bool {
        switch kind {
        case .oneOf, .allOf, .component, .reference: true
        case .any, .boolean, .text, .choice, .integer, .number, .array, .map, .object, .unknown: false
        }
    }

    private var ownMembers: [OrderedJSON.Member] {
        switch kind {
        case .any, .unknown: []
        case .boolean: [type("boolean")]
        case .text(let length, let pattern, let format):
            [type("string")] + bounds("minLength", length.lower, "maxLength", length.upper)
                + optional("pattern", pattern.map { .text($0) }) + optional("format", format.map { .text($0) })
        case .choice(let words):
            // Null is one of the values where it is allowed: `enum` holds beside `type`.
            [type("string"), .init("enum", .array(words.map { .text($0) } + (isNullable ? [.null] : [])))]
        case .integer(let range):
            [type("integer")] + optional("minimum", range.lower.map { .integer($0) })
                + optional("maximum", range.upper.map { .integer($0) })
                + [.init("format", "int64")]
        case .number(let range):
            [type("number")] + optional("minimum", range.lower.map { .number($0) })
                + optional("maximum", range.upper.map { .number($0) })
        case .array(let element, let count):
            [type("array"), .init("items", element.json)] + bounds("minItems", count.lower, "maxItems", count.upper)
        case .map(let value, let count):
            [type("object"), .init("additionalProperties", value.json)]
                + bounds("minProperties", count.lower, "maxProperties", count.upper)
        case .object(let fields, let isOpen): [type("object")] + members(of: fields, isOpen)
        case .oneOf(let schemas): [.init("oneOf", .array(schemas.map(\.json)))]
        case .allOf(let schemas): [.init("allOf", .array(schemas.map(\.json)))]
        case .component(let name, _), .reference(let name):
            [.init("$ref", .text("#/components/schemas/\(name)"))]
        }
    }

    private func members(of fields: [Field], _ isOpen: Bool) -> [OrderedJSON.Member] {
        let required = fields.filter(\.isRequired).map { OrderedJSON.text($0.name) }
        return (required.isEmpty ? [] : [.init("required", .array(required))])
            + [.init("properties", .object(fields.map { .init($0.name, $0.schema.json) }))]
            + (isOpen ? [] : [.init("additionalProperties", false)])
    }

    private func type(_ name: String) -> OrderedJSON.Member {
        .init("type", isNullable ? [.text(name), "null"] : .text(name))
    }

    private func optional(_ name: String, _ value: OrderedJSON?) -> [OrderedJSON.Member] {
        value.map { [.init(name, $0)] } ?? []
    }

    private func bounds(_ lower: String, _ least: Int?, _ upper: String, _ most: Int?) -> [OrderedJSON.Member] {
        optional(lower, least.flatMap { $0 > 0 ? .integer(Int64($0)) : nil })
            + optional(upper, most.map { .integer(Int64($0)) })
    }
}
