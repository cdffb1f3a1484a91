import ServiceKit

extension APISchema {
    /// What a resource's answers are like.
    static func resource<Item: Resource>(_ type: Item.Type) -> APISchema { .of(type) }

    /// What a resource's draft may be like, as its own reading tells.
    static func draft<Draft: ResourceDraft>(_ type: Draft.Type) -> APISchema {
        fields { Draft(reading: &$0) }.named(name(of: type))
    }

    /// The same for a merge patch.
    static func draftPatch<Draft: ResourceDraft>(_ type: Draft.Type) -> APISchema {
        let name = name(of: type)
        let stem = name.hasSuffix("Draft") ? String(name.dropLast("Draft".count)) : name
        return fields { Draft(reading: &$0) }.patch.named("\(stem)Patch")
    }

    /// What this reading of fields takes: the same code tells the schema and enforces it. Where a reading looks at one
    /// field to decide on another, it is told for absent ones.
    package static func fields<T>(_ read: (inout FieldReader) -> T) -> APISchema {
        var reader = FieldReader.describing
        _ = read(&reader)
        return .object(reader.notes ?? [], isOpen: false)
    }

    /// For a merge patch (RFC 7396): nothing is required, and null removes what may be absent.
    package var patch: APISchema {
        switch kind {
        case .component(_, let inner): return inner.patch
        case .object(let fields, let isOpen):
            return .object(
                fields.map { field in
                    var schema = field.schema
                    schema.isNullable = !field.isRequired
                    schema.defaultValue = nil
                    return .optional(field.name, schema)
                }, isOpen: isOpen)
        default: return self
        }
    }
}

extension Timestamp: APIDescribed {
    package static var apiSchema: APISchema { .time }
    package static var apiSample: Timestamp { Timestamp(seconds: 0) }
}

extension CivilDate: APIDescribed {
    package static var apiSchema: APISchema { .day }
    package static var apiSample: CivilDate { CivilDate(daysSinceEpoch: 0) }
}
