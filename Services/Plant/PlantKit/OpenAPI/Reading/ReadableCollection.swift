/// What can be empty, so that nothing of what it holds need be made.
protocol ReadableCollection {
    static func read(by reading: SchemaReading) throws -> (schema: APISchema, sample: Any)
}

extension Optional: ReadableCollection where Wrapped: Decodable {
    static func read(by reading: SchemaReading) throws -> (schema: APISchema, sample: Any) {
        (try reading.schema(of: Wrapped.self).nullable, Self.none as Any)
    }
}

extension Array: ReadableCollection where Element: Decodable {
    static func read(by reading: SchemaReading) throws -> (schema: APISchema, sample: Any) {
        (.array(of: try reading.schema(of: Element.self)), [] as Self)
    }
}

extension Set: ReadableCollection where Element: Decodable {
    static func read(by reading: SchemaReading) throws -> (schema: APISchema, sample: Any) {
        (.array(of: try reading.schema(of: Element.self)), [] as Self)
    }
}

/// As members of an object: with other keys than texts, `Codable` writes lists that no schema here tells.
extension Dictionary: ReadableCollection where Key: Decodable, Value: Decodable {
    static func read(by reading: SchemaReading) throws -> (schema: APISchema, sample: Any) {
        guard Key.self == String.self else { throw SchemaReading.Fault.unusual("\(Self.self)") }
        return (.map(of: try reading.schema(of: Value.self)), [:] as Self)
    }
}
