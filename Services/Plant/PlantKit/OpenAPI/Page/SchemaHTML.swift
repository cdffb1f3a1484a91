/// Schemas on the page: a table of fields, and types in words.
enum SchemaHTML {
    /// A named one as a link, an object as its fields.
    static func told(_ schema: APISchema) -> HTML {
        switch schema.kind {
        case .object, .component: fields(of: schema)
        default: .element("p", [type(schema)])
        }
    }

    static func fields(of schema: APISchema) -> HTML {
        switch schema.kind {
        case .component(_, let inner): fields(of: inner)
        case .object(let fields, _):
            table(
                fields.map {
                    row(
                        name: $0.name, schema: $0.schema, isRequired: $0.isRequired, words: $0.schema.summary ?? "")
                })
        default: .element("p", [type(schema)])
        }
    }

    static func table(_ rows: [HTML]) -> HTML { .element("dl", rows) }

    static func row(name: String, schema: APISchema, isRequired: Bool, words: String) -> HTML {
        .element(
            "div",
            [
                .element("dt", [.element("code", name)] + (isRequired ? [.raw(" <em>required</em>")] : [])),
                .element(
                    "dd",
                    [type(schema)] + (words.isEmpty ? [] : HTML.prose(" – \(words)"))
                        + (schema.defaultValue.map {
                            [.text(" Default: "), .element("code", String(decoding: $0.bytes, as: UTF8.self))]
                        } ?? [])),
            ])
    }

    static func type(_ schema: APISchema) -> HTML {
        let orNull = HTML.text(schema.isNullable ? " or null" : "")
        switch schema.kind {
        case .component(let name, _), .reference(let name):
            return .element(
                "span", [.element("a", with: ["href": "#schema-\(name)"], [.element("code", name)]), orNull])
        case .array(let element, _): return .element("span", [.text("list of "), type(element), orNull])
        case .map(let value, _): return .element("span", [.text("object of "), type(value), orNull])
        default: return .element("span", [.text(words(schema)), orNull])
        }
    }

    private static func words(_ schema: APISchema) -> String {
        switch schema.kind {
        case .any, .unknown: "anything"
        case .boolean: "true or false"
        case .text(let length, let pattern, let format):
            format ?? "text" + range(length.lower, length.upper, " of ", " characters")
                + (pattern.map { " like \($0)" } ?? "")
        case .choice(let words): "one of " + words.joined(separator: ", ")
        case .integer(let bounds): "whole number" + range(bounds.lower, bounds.upper, " ", "")
        case .number(let bounds): "number" + range(bounds.lower, bounds.upper, " ", "")
        case .object: "object"
        case .oneOf: "one of several"
        case .allOf: "object"
        case .array, .map, .component, .reference: ""
        }
    }

    private static func range<Value>(_ lower: Value?, _ upper: Value?, _ before: String, _ after: String) -> String {
        switch (lower, upper) {
        case (let lower?, let upper?): "\(before)\(lower) to \(upper)\(after)"
        case (let lower?, nil): "\(before)from \(lower)\(after)"
        case (nil, let upper?): "\(before)up to \(upper)\(after)"
        case (nil, nil): ""
        }
    }
}
