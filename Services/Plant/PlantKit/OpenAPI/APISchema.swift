/// What a value in a request or an answer is like: JSON Schema 2020-12, as OpenAPI 3.1 takes it.
///
/// Made of the factories of `SchemaFactories.swift`, by `APISchema.of(_:)` from a type that can be decoded, or by a draft's
/// own reading of its fields (`FieldReader`).
package struct APISchema: Sendable, Equatable {
    package indirect enum Kind: Sendable, Equatable {
        /// Any JSON value.
        case any
        case boolean
        /// - length: Unicode scalars, as JSON Schema counts (2020-12 validation §6.3.1).
        /// - pattern: ECMA 262, anchored by whoever writes it.
        case text(length: Bounds<Int>, pattern: String?, format: String?)
        case choice([String])
        case integer(Bounds<Int64>)
        case number(Bounds<Double>)
        case array(of: APISchema, count: Bounds<Int>)
        /// Members of any name, each of the one kind.
        case map(of: APISchema, count: Bounds<Int>)
        case object([Field], isOpen: Bool)
        case oneOf([APISchema])
        case allOf([APISchema])
        /// Kept once, below `components/schemas`.
        case component(name: String, APISchema)
        /// A component that is told elsewhere in the same document: what a type that holds itself needs.
        case reference(name: String)
        /// A type that could not be followed, and why; a document with one in it says so (`OpenAPIDocument.faults`).
        case unknown(reason: String)
    }

    /// A bound that is nil is none.
    package struct Bounds<Value: Sendable & Equatable>: Sendable, Equatable {
        package var lower: Value?
        package var upper: Value?

        package init(_ lower: Value? = nil, _ upper: Value? = nil) {
            self.lower = lower
            self.upper = upper
        }
    }

    /// A member of an object.
    package struct Field: Sendable, Equatable {
        package var name: String
        package var schema: APISchema
        package var isRequired: Bool

        package static func required(_ name: String, _ schema: APISchema) -> Field {
            Field(name: name, schema: schema, isRequired: true)
        }

        package static func optional(_ name: String, _ schema: APISchema) -> Field {
            Field(name: name, schema: schema, isRequired: false)
        }
    }

    package var kind: Kind
    package var isNullable = false
    /// Only answers hold it; a request may not set it.
    package var isReadOnly = false
    package var summary: String?
    package var examples: [OrderedJSON] = []
    /// What stands for an absent one.
    package var defaultValue: OrderedJSON?

    package init(_ kind: Kind) { self.kind = kind }

    package func described(_ summary: String) -> APISchema { with { $0.summary = summary } }
    package func example(_ value: OrderedJSON) -> APISchema { with { $0.examples.append(value) } }
    package func defaulting(to value: OrderedJSON) -> APISchema { with { $0.defaultValue = value } }
    package var nullable: APISchema { with { $0.isNullable = true } }
    package var readOnly: APISchema { with { $0.isReadOnly = true } }

    /// Kept below `components/schemas` and referred to from everywhere else. Two schemas of one name are a fault of the
    /// document. What has a name already changes it.
    /// - Parameter name: of `[A-Za-z0-9._-]`.
    package func named(_ name: String) -> APISchema {
        if case .component(_, let inner) = kind { return APISchema(.component(name: name, inner)) }
        return APISchema(.component(name: name, self))
    }

    /// The same with words beside members of the object (also of a named one), by name. A name that is no member is
    /// a slip of the programmer, and stops the program at start.
    package func describing(_ words: [String: String]) -> APISchema {
        with { schema in
            switch schema.kind {
            case .component(let name, let inner): schema.kind = .component(name: name, inner.describing(words))
            case .object(var fields, let isOpen):
                for (name, text) in words {
                    guard let index = fields.firstIndex(where: { $0.name == name }) else {
                        preconditionFailure("no field \(name) to describe")
                    }
                    fields[index].schema.summary = text
                }
                schema.kind = .object(fields, isOpen: isOpen)
            default: preconditionFailure("only an object has fields to describe")
            }
        }
    }

    /// The same where these members may also be null, as types that write null in place of nothing have them.
    package func allowingNull(_ names: String...) -> APISchema {
        with { schema in
            switch schema.kind {
            case .component(let name, let inner): schema.kind = .component(name: name, inner.allowingNull(names))
            default: schema = schema.allowingNull(names)
            }
        }
    }

    private func allowingNull(_ names: [String]) -> APISchema {
        guard case .object(let fields, let isOpen) = kind else { return self }
        let changed = fields.map { field in
            var field = field
            if names.contains(field.name) { field.schema.isNullable = true }
            return field
        }
        return with { $0.kind = .object(changed, isOpen: isOpen) }
    }

    private func with(_ change: (inout APISchema) -> Void) -> APISchema {
        var copy = self
        change(&copy)
        return copy
    }
}
