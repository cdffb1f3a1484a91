/// A statement's arguments as libpq sends them: text, but blobs as they are.
struct PostgreSQLArguments: Sendable {
    /// One letter per argument: statements are prepared per types.
    let signature: String
    let types: [UInt32]
    /// Text ends in NUL, as libpq measures it by that.
    let bytes: [[UInt8]?]
    let lengths: [Int32]
    let formats: [Int32]

    static let none = PostgreSQLArguments()

    private init() { (signature, types, bytes, lengths, formats) = ("", [], [], [], []) }

    init(_ values: [SQLValue]) throws(StorageError) {
        var signature = ""
        var types: [UInt32] = []
        var bytes: [[UInt8]?] = []
        var lengths: [Int32] = []
        var formats: [Int32] = []
        for value in values {
            let letter: Character
            let type: UInt32
            var payload: [UInt8]?
            var format: Int32 = 0
            switch value {
            case .null:
                // The server infers it from where it stands.
                (letter, type) = ("n", 0)
            case .integer(let integer):
                (letter, type) = ("i", PostgreSQLType.int8)
                payload = Array("\(integer)".utf8) + [0]
            case .real(let real):
                guard real.isFinite else { throw .invalidStatement("a real argument is not finite") }
                (letter, type) = ("r", PostgreSQLType.float8)
                payload = Array("\(real)".utf8) + [0]
            case .text(let text):
                guard !text.utf8.contains(0) else { throw .invalidStatement("a text argument holds NUL") }
                (letter, type) = ("t", PostgreSQLType.text)
                payload = Array(text.utf8) + [0]
            case .blob(let blob):
                (letter, type) = ("b", PostgreSQLType.bytea)
                payload = blob
                format = 1
            }
            guard (payload?.count ?? 0) <= Self.largest else { throw .invalidStatement("an argument is too large") }
            signature.append(letter)
            types.append(type)
            lengths.append(Int32(payload?.count ?? 0))
            // libpq takes a null pointer for NULL; an empty array may have one, so it gets a byte that is not sent.
            bytes.append(payload.map { $0.isEmpty ? [0] : $0 })
            formats.append(format)
        }
        (self.signature, self.types, self.bytes) = (signature, types, bytes)
        (self.lengths, self.formats) = (lengths, formats)
    }

    /// Bytes; PostgreSQL's own limit of a field is 1 GiB.
    private static let largest = 256 << 20

    /// Pointers that hold as long as `body` runs, into one buffer.
    func withPointers<R>(_ body: ([UnsafePointer<CChar>?]) -> R) -> R {
        var offsets: [Int?] = []
        var buffer: [UInt8] = []
        for bytes in bytes {
            offsets.append(bytes == nil ? nil : buffer.count)
            buffer += bytes ?? []
        }
        return buffer.withUnsafeBytes { raw in
            body(
                offsets.map { offset in
                    offset.flatMap { raw.baseAddress?.advanced(by: $0).assumingMemoryBound(to: CChar.self) }
                })
        }
    }
}

/// Type OIDs (pg_type.dat); they never change.
enum PostgreSQLType {
    static let int8: UInt32 = 20
    static let float8: UInt32 = 701
    static let text: UInt32 = 25
    static let bytea: UInt32 = 17
}
