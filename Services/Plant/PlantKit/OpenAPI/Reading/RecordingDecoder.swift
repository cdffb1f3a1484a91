/// What one `init(from:)` has asked for.
final class DecodingRecord {
    enum Shape {
        case nothing
        case keyed
        case single(APISchema)
    }

    private(set) var shape = Shape.nothing
    private(set) var fields: [APISchema.Field] = []
    private var nullable: Set<String> = []

    /// Closed objects are what requests are; a decoder skips what it does not know.
    var object: APISchema {
        .object(
            fields.map { field in
                var field = field
                if nullable.contains(field.name) { field.schema.isNullable = true }
                return field
            })
    }

    func isKeyed() { shape = .keyed }
    func isSingle(_ schema: APISchema) { shape = .single(schema) }
    func asksForNull(_ name: String) { nullable.insert(name) }

    /// Asked for twice, the first answer stands.
    func field(_ name: String, _ schema: APISchema, isRequired: Bool) {
        guard !fields.contains(where: { $0.name == name }) else { return }
        fields.append(APISchema.Field(name: name, schema: schema, isRequired: isRequired))
    }
}

/// Answers every question of a type's `init(from:)`, and notes it.
struct RecordingDecoder: Decoder {
    let reading: SchemaReading
    let record = DecodingRecord()
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        record.isKeyed()
        return KeyedDecodingContainer(RecordingFields<Key>(reading: reading, record: record))
    }

    func singleValueContainer() -> any SingleValueDecodingContainer {
        RecordingValue(reading: reading, record: record)
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw SchemaReading.Fault.unusual("a list of unlike elements")
    }
}

struct RecordingValue: SingleValueDecodingContainer {
    let reading: SchemaReading
    let record: DecodingRecord
    let codingPath: [any CodingKey] = []

    func decodeNil() -> Bool { false }

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let (schema, sample) = try reading.read(type)
        record.isSingle(schema)
        return sample
    }
}
