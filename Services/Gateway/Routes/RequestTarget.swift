package import HTTPKit

/// The one reading of a request target (RFC 9112 §3.2.1): it is what is matched and what is forwarded.
///
/// Whatever two servers could resolve differently is refused and not repaired: dot segments, empty segments,
/// backslashes, `;` parameters, encoded slashes, dots, backslashes, semicolons, control bytes, once or twice encoded,
/// bytes that are no UTF-8, and every form but the origin form. Percent-encoded letters, digits, `-`, `_` and `~` are
/// decoded, and the remaining triplets written in capitals (RFC 3986 §6.2.2), so that one resource has one spelling.
package struct RequestTarget: Equatable, Sendable {
    package let path: String
    /// Without `?`; as sent.
    package let query: String?

    /// - Throws: `malformed_request`, `uri_too_long` beyond 8 KiB.
    package init(_ target: String) throws(Refusal) {
        guard target.utf8.count <= 8192 else { throw Refusal(.uriTooLong, "the request target is longer than 8 KiB") }
        var reader = PathReader(Array(target.utf8))
        try reader.read()
        path = String(decoding: reader.output, as: UTF8.self)
        query = try reader.query()
    }

    private init(path: String, query: String?) {
        self.path = path
        self.query = query
    }

    /// On bytes; for the gateway's hot path.
    /// - Parameter target: path and query as `HTTP1` accepts them in a request line: visible ASCII, no `#`.
    package init(_ target: RawSpan) throws(Refusal) {
        guard let end = PlainPath.end(in: target) else {
            try self.init(target.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
            return
        }
        let query: String? =
            end == target.byteCount
            ? nil : target.extracting((end + 1)...).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        self.init(
            path: target.extracting(..<end).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }, query: query)
    }
}

/// The paths that nearly all requests have: canonical as they come.
private enum PlainPath {
    /// - Returns: where the path ends, at `?` or at the end; nil for what needs a closer look.
    static func end(in target: RawSpan) -> Int? {
        guard target.byteCount <= 8192, target.byteCount > 0, target.byte(at: 0) == slash else { return nil }
        var previous: UInt8 = 0
        for offset in 0..<target.byteCount {
            let byte = target.byte(at: offset)
            switch byte {
            case 0x30...0x3A, 0x40...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"): break
            // An empty segment, or one that could be a dot segment.
            case slash, UInt8(ascii: "."): if previous == slash { return nil }
            case questionMark: return offset
            default: return nil
            }
            previous = byte
        }
        return target.byteCount
    }
}

extension RawSpan {
    fileprivate func byte(at offset: Int) -> UInt8 { unsafeLoad(fromByteOffset: offset, as: UInt8.self) }
}

private struct PathReader {
    private let input: [UInt8]
    private var index = 0
    private(set) var output: [UInt8] = []
    private var hasNonASCII = false
    private var hasPercent = false

    init(_ input: [UInt8]) {
        self.input = input
        output.reserveCapacity(input.count)
    }

    mutating func read() throws(Refusal) {
        guard input.first == slash else { throw malformed("the request target is not in origin form") }
        var segmentStart = 0
        while index < input.count, input[index] != questionMark {
            let byte = input[index]
            switch byte {
            case slash:
                if index > 0 {
                    try endSegment(from: segmentStart)
                    guard output.last != slash else { throw malformed("an empty path segment") }
                }
                output.append(slash)
                segmentStart = output.count
                index += 1
            case percent:
                try readTriplet()
            default:
                guard Self.isPathByte(byte) else { throw malformed("a byte that no path may contain") }
                output.append(byte)
                index += 1
            }
        }
        try endSegment(from: segmentStart)
        if hasNonASCII { try checkUTF8() }
        if hasPercent { try checkEncodedOnce() }
    }

    /// Visible ASCII but `#`; the query is passed on as it is.
    func query() throws(Refusal) -> String? {
        guard index < input.count else { return nil }
        let bytes = input[(index + 1)...]
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") })
        else { throw malformed("a byte that no query may contain") }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func endSegment(from start: Int) throws(Refusal) {
        let segment = output[start...]
        if segment.elementsEqual(".".utf8) || segment.elementsEqual("..".utf8) { throw malformed("a dot segment") }
    }

    private mutating func readTriplet() throws(Refusal) {
        guard let value = Self.triplet(input, at: index) else { throw malformed("a percent sign that encodes nothing") }
        switch value {
        case 0..<0x20, 0x7F, slash, UInt8(ascii: "."), UInt8(ascii: "\\"), UInt8(ascii: ";"):
            throw malformed("an encoded separator, dot or control byte")
        case percent:
            hasPercent = true
            output.append(contentsOf: "%25".utf8)
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "~"):
            output.append(value)
        default:
            if value >= 0x80 { hasNonASCII = true }
            output.append(percent)
            output.append(Self.capital(input[index + 1]))
            output.append(Self.capital(input[index + 2]))
        }
        index += 3
    }

    /// `%252e` is harmless to whoever decodes once; an upstream that decodes twice would see a dot. Looked for in the
    /// canonical form, where the digits behind the percent sign can't be hidden by an encoding of their own.
    private func checkEncodedOnce() throws(Refusal) {
        for index in output.indices where output[index] == percent && Self.triplet(output, at: index) == percent {
            if let inner = Self.twiceEncoded(output, at: index), Self.isPlain(inner) || !Self.isVisible(inner) {
                throw malformed("a path that is encoded twice")
            }
        }
    }

    /// Overlong forms and lone continuation bytes are another way to spell a dot or a slash.
    private func checkUTF8() throws(Refusal) {
        var decoded: [UInt8] = []
        var index = 0
        while index < output.count {
            if output[index] == percent, let value = Self.triplet(output, at: index) {
                decoded.append(value)
                index += 3
            } else {
                decoded.append(output[index])
                index += 1
            }
        }
        guard String(validating: decoded, as: UTF8.self) != nil else { throw malformed("a path that is not UTF-8") }
    }

    private static func triplet(_ bytes: [UInt8], at index: Int) -> UInt8? {
        guard index + 2 < bytes.count, let high = nibble(bytes[index + 1]), let low = nibble(bytes[index + 2])
        else { return nil }
        return high << 4 | low
    }

    /// The byte behind `%25XX`.
    private static func twiceEncoded(_ bytes: [UInt8], at index: Int) -> UInt8? {
        guard index + 4 < bytes.count, let high = nibble(bytes[index + 3]), let low = nibble(bytes[index + 4])
        else { return nil }
        return high << 4 | low
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        [slash, percent, UInt8(ascii: "."), UInt8(ascii: "\\"), UInt8(ascii: ";")].contains(byte)
    }
    private static func isVisible(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }

    /// `pchar` of RFC 3986 §3.3 without `;` and `%`.
    private static func isPathByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x3A, 0x40...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "!"),
            UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"),
            UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: "="):
            true
        default: false
        }
    }

    private static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    private static func capital(_ byte: UInt8) -> UInt8 { byte >= 0x61 ? byte & 0xDF : byte }
}

private let slash = UInt8(ascii: "/")
private let percent = UInt8(ascii: "%")
private let questionMark = UInt8(ascii: "?")
private func malformed(_ detail: String) -> Refusal { Refusal(.malformedRequest, detail) }
