/// Reads types' schemas by decoding them from nothing: each `init(from:)` asks for what it needs, the question is noted,
/// and a harmless value is answered.
final class SchemaReading {
    /// What can't be followed.
    enum Fault: Error, CustomStringConvertible {
        case refused(any Any.Type, reason: String)
        case holdsItself(any Any.Type)
        case unusual(String)

        var description: String {
            switch self {
            case .refused(let type, let reason):
                "\(type) refuses the value that stands in for one (\(reason)); let it tell its schema (APIDescribed)"
            case .holdsItself(let type): "\(type) holds itself, not through an optional or a list"
            case .unusual(let what): "\(what) can't be followed; let the type tell its schema (APIDescribed)"
            }
        }
    }

    /// Types that are being read, the outermost first.
    private var open: [ObjectIdentifier] = []

    /// Without a value of it; a type that holds itself becomes a reference.
    func schema<T: Decodable>(of type: T.Type) throws -> APISchema {
        if open.contains(ObjectIdentifier(type)) { return APISchema(.reference(name: APISchema.name(of: type))) }
        if let collection = type as? any ReadableCollection.Type { return try collection.read(by: self).schema }
        return try read(type).schema
    }

    /// With a harmless value.
    func read<T: Decodable>(_ type: T.Type) throws -> (schema: APISchema, sample: T) {
        if let described = type as? any APIDescribed.Type {
            return (described.apiSchema, try sample(described.apiSample, type))
        }
        if let scalar = Self.scalar(type) { return (scalar.schema, try sample(scalar.sample, type)) }
        if let collection = type as? any ReadableCollection.Type {
            let (schema, empty) = try collection.read(by: self)
            return (schema, try sample(empty, type))
        }
        if let choices = type as? any CaseIterable.Type, let (words, first) = Self.words(of: choices) {
            return (.choice(words), try sample(first, type))
        }
        return try readStructure(type)
    }

    private func readStructure<T: Decodable>(_ type: T.Type) throws -> (schema: APISchema, sample: T) {
        guard !open.contains(ObjectIdentifier(type)) else { throw Fault.holdsItself(type) }
        open.append(ObjectIdentifier(type))
        defer { open.removeLast() }
        let decoder = RecordingDecoder(reading: self)
        let value: T
        do {
            value = try T(from: decoder)
        } catch let error as DecodingError {
            throw Fault.refused(type, reason: Self.reason(of: error))
        }
        switch decoder.record.shape {
        case .nothing: throw Fault.unusual("\(type), which asks for nothing,")
        case .single(let schema): return (schema, value)
        case .keyed: return (decoder.record.object.named(APISchema.name(of: type)), value)
        }
    }

    private func sample<T>(_ value: Any, _ type: T.Type) throws -> T {
        guard let value = value as? T else { throw Fault.unusual("\(type)") }
        return value
    }

    private static func reason(of error: DecodingError) -> String {
        switch error {
        case .dataCorrupted(let context), .keyNotFound(_, let context), .valueNotFound(_, let context),
            .typeMismatch(_, let context):
            context.debugDescription
        @unknown default: "not decodable"
        }
    }

    private static func words(of type: any CaseIterable.Type) -> (words: [String], first: Any)? {
        func cases<C: CaseIterable>(_ type: C.Type) -> [Any] { type.allCases.map { $0 } }
        let all = cases(type)
        let words = all.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
        guard let first = all.first, words.count == all.count else { return nil }
        return (words, first)
    }

    private static func scalar(_ type: Any.Type) -> (schema: APISchema, sample: Any)? {
        if type == String.self { return (.text(), "") }
        if type == Bool.self { return (.boolean, false) }
        if let type = type as? any FixedWidthInteger.Type { return integer(type) }
        if type == Double.self { return (.number(), 0 as Double) }
        if type == Float.self { return (.number(), 0 as Float) }
        return nil
    }

    private static func integer<I: FixedWidthInteger>(_ type: I.Type) -> (schema: APISchema, sample: Any) {
        let fits = I.bitWidth < 64
        let bounds = APISchema.Bounds<Int64>(
            fits || !I.isSigned ? Int64(clamping: I.min) : nil, fits ? Int64(clamping: I.max) : nil)
        return (APISchema(.integer(bounds)), I.zero)
    }
}
