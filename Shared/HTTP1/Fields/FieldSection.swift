/// The field lines of one head, and what they say about framing and the connection.
///
/// Kept from one message to the next on a connection: in steady state nothing is allocated. (Whoever keeps a copy across
/// the parser's next message costs it one new array.)
package struct FieldSection: RandomAccessCollection, Sendable {
    private var fields: [Field] = []
    /// One bit for each ``KnownField``.
    private var seen: UInt64 = 0
    private var repeated: UInt64 = 0
    var contentLength: Int?
    private(set) var connection = ConnectionOptions()

    init() {}

    package var startIndex: Int { 0 }
    package var endIndex: Int { fields.count }
    package subscript(position: Int) -> Field { fields[position] }

    package func contains(_ known: KnownField) -> Bool { seen & Self.bit(known) != 0 }

    /// Whether there is more than one line of it.
    package func isRepeated(_ known: KnownField) -> Bool { repeated & Self.bit(known) != 0 }

    /// Its first line.
    package func first(_ known: KnownField) -> Field? {
        guard contains(known) else { return nil }
        var index = 0
        while index < fields.count {
            if fields[index].known == known { return fields[index] }
            index &+= 1
        }
        return nil
    }

    mutating func removeAll() {
        fields.removeAll(keepingCapacity: true)
        seen = 0
        repeated = 0
        contentLength = nil
        connection = ConnectionOptions()
    }

    /// - Parameters:
    ///   - start: of the line, which is not empty.
    ///   - end: its CR.
    @inline(__always)
    mutating func append(
        from start: Int, to end: Int, in bytes: RawSpan, names: FieldNameTable, limit: Int
    ) throws(HeadFault) {
        guard fields.count < limit else { throw .tooManyFields }
        if Token.isWhitespace(bytes.byte(start)) { throw fields.isEmpty ? .whitespaceBeforeFields : .foldedLine }
        let name = try FoldedName(from: start, to: end, in: bytes)
        let (known, marks) = try names.find(name)
        let colon = start &+ name.length
        var valueStart = colon &+ 1
        while valueStart < end, Token.isWhitespace(bytes.byte(valueStart)) { valueStart &+= 1 }
        var valueEnd = end
        while valueEnd > valueStart, Token.isWhitespace(bytes.byte(valueEnd &- 1)) { valueEnd &-= 1 }
        let field = Field(
            nameStart: UInt32(truncatingIfNeeded: start), nameEnd: UInt32(truncatingIfNeeded: colon),
            valueStart: UInt32(truncatingIfNeeded: valueStart), valueEnd: UInt32(truncatingIfNeeded: valueEnd),
            lineEnd: UInt32(truncatingIfNeeded: end &+ 2), known: known, marks: marks)
        if known != .other { try note(field, in: bytes) }
        fields.append(field)
    }

    /// What can be told of one line alone; the rest is checked when the head is whole.
    private mutating func note(_ field: Field, in bytes: RawSpan) throws(HeadFault) {
        let bit = Self.bit(field.known)
        let isAgain = seen & bit != 0
        if isAgain { repeated |= bit }
        seen |= bit
        switch field.known {
        case .contentLength:
            if isAgain { throw .repeatedContentLength }
            guard Self.hasNoTabs(field, in: bytes) else { throw .badContentLength }
            contentLength = try ContentLength.parse(field.valueRange, in: bytes)
        case .transferEncoding:
            if isAgain { throw .repeatedTransferEncoding }
            guard Self.hasNoTabs(field, in: bytes) else { throw .badTransferEncoding }
            try TransferEncoding.check(field.valueRange, in: bytes)
        case .host:
            if isAgain { throw .repeatedHost }
            try Authority.check(field.valueRange, in: bytes)
        case .connection:
            guard Self.hasNoTabs(field, in: bytes) else { throw .badConnectionOption }
            try connection.read(field.valueRange, isFirst: !isAgain, in: bytes)
        case .proxyConnection:
            // Some read it as Connection: unless it only asks to stay, the connection ends behind this message for all.
            if !FieldText.equals(field.valueRange, "keep-alive", in: bytes) { connection.end() }
        default: break
        }
    }

    /// RFC 9112 §5 allows tabs around a value; llhttp refuses one behind a framing field's, and others may not see it.
    private static func hasNoTabs(_ field: Field, in bytes: RawSpan) -> Bool {
        for offset in Int(field.nameEnd)..<Int(field.lineEnd) where bytes.byte(offset) == 0x09 { return false }
        return true
    }

    /// Marks what `Connection` names; host and framing excepted, which no sender may switch off.
    mutating func markNamedFields(in bytes: RawSpan) {
        guard connection.namesFields else { return }
        for line in fields where line.known == .connection {
            ConnectionOptions.forEach(line.valueRange, in: bytes) { option in
                mark(option, in: bytes)
            }
        }
    }

    private mutating func mark(_ option: Range<Int>, in bytes: RawSpan) {
        for index in fields.indices where FieldText.same(option, fields[index].nameRange, in: bytes) {
            switch fields[index].known {
            case .host, .contentLength, .transferEncoding: break
            default: fields[index].marks.insert(.namedByConnection)
            }
        }
    }

    @inline(__always)
    private static func bit(_ known: KnownField) -> UInt64 { 1 &<< UInt64(known.rawValue) }
}
