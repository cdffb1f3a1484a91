/// base64url without padding (RFC 7515 §2, RFC 4648 §5), both ways, in its one canonical form.
///
/// Decoding is strict: padding, whitespace, the `+/` alphabet, an impossible length and trailing bits
/// that are not zero are refused, so that one value has exactly one spelling.
package enum Base64URL {
    /// - Returns: the text, ASCII, without padding.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: encodeBytes(Array(bytes)), as: UTF8.self)
    }

    /// As `encode`, kept as ASCII bytes.
    package static func encodeBytes(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes { encodeBytes($0) } }

    /// As `encode`, kept as ASCII bytes.
    package static func encodeBytes(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        let count = encodedCount(bytes.count)
        return [UInt8](unsafeUninitializedCapacity: count) { text, written in
            alphabet.withUnsafeBufferPointer { encode(bytes, into: text, $0) }
            written = count
        }
    }

    /// Appends what `encodeBytes` answers.
    package static func append(_ bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: encodedCount(bytes.count)) { encoded in
            alphabet.withUnsafeBufferPointer { encode(bytes, into: encoded, $0) }
            text.append(contentsOf: encoded)
        }
    }

    /// How many characters stand for so many bytes.
    package static func encodedCount(_ bytes: Int) -> Int { (bytes * 4 + 2) / 3 }

    private static func encode(
        _ bytes: UnsafeRawBufferPointer, into text: UnsafeMutableBufferPointer<UInt8>,
        _ alphabet: UnsafeBufferPointer<UInt8>
    ) {
        var source = 0
        var target = 0
        while source + 2 < bytes.count {
            let group = UInt32(bytes[source]) << 16 | UInt32(bytes[source + 1]) << 8 | UInt32(bytes[source + 2])
            text[target] = alphabet[Int(group >> 18)]
            text[target + 1] = alphabet[Int(group >> 12 & 63)]
            text[target + 2] = alphabet[Int(group >> 6 & 63)]
            text[target + 3] = alphabet[Int(group & 63)]
            source += 3
            target += 4
        }
        switch bytes.count - source {
        case 1:
            text[target] = alphabet[Int(bytes[source] >> 2)]
            text[target + 1] = alphabet[Int(bytes[source] << 4 & 63)]
        case 2:
            let group = UInt32(bytes[source]) << 8 | UInt32(bytes[source + 1])
            text[target] = alphabet[Int(group >> 10)]
            text[target + 1] = alphabet[Int(group >> 4 & 63)]
            text[target + 2] = alphabet[Int(group << 2 & 63)]
        default: break
        }
    }

    /// - Returns: nil where the text is not the canonical spelling of some bytes.
    package static func decode(_ text: String) -> [UInt8]? {
        var text = text
        return text.withUTF8 { decode(UnsafeRawBufferPointer($0)) }
    }

    /// - Returns: nil where the text is not the canonical spelling of some bytes.
    package static func decode(_ ascii: [UInt8]) -> [UInt8]? {
        ascii.withUnsafeBytes { decode($0) }
    }

    /// - Returns: nil where the text is not the canonical spelling of some bytes.
    package static func decode(_ ascii: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let count = decodedCount(ascii.count) else { return nil }
        var isCanonical = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            buffer.initialize(repeating: 0)
            isCanonical = decode(ascii, into: UnsafeMutableRawBufferPointer(buffer))
            initialized = count
        }
        return isCanonical ? bytes : nil
    }

    /// How many bytes a text of `characters` stands for; nil for a length that no text has.
    package static func decodedCount(_ characters: Int) -> Int? {
        switch characters % 4 {
        case 0: characters / 4 * 3
        case 2: characters / 4 * 3 + 1
        case 3: characters / 4 * 3 + 2
        default: nil
        }
    }

    /// Decodes without allocating.
    /// - Parameter output: exactly `decodedCount` bytes; its content is meaningless when the answer is false.
    /// - Returns: whether the text is canonical.
    package static func decode(_ ascii: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Bool {
        guard let count = decodedCount(ascii.count), count == output.count else { return false }
        return values.withUnsafeBufferPointer { values in
            // Bit 7 is set for a character outside the alphabet; collected over the whole text, looked at once.
            var seen: UInt8 = 0
            var source = 0
            var target = 0
            let whole = ascii.count / 4 * 4
            while source < whole {
                let (a, b) = (values[Int(ascii[source])], values[Int(ascii[source + 1])])
                let (c, d) = (values[Int(ascii[source + 2])], values[Int(ascii[source + 3])])
                seen |= a | b | c | d
                output[target] = a << 2 | b >> 4
                output[target + 1] = b << 4 | c >> 2
                output[target + 2] = c << 6 | d
                source += 4
                target += 3
            }
            switch ascii.count - whole {
            case 2:
                let (a, b) = (values[Int(ascii[source])], values[Int(ascii[source + 1])])
                seen |= a | b | (b & 0x0F == 0 ? 0 : 0x80)
                output[target] = a << 2 | b >> 4
            case 3:
                let (a, b) = (values[Int(ascii[source])], values[Int(ascii[source + 1])])
                let c = values[Int(ascii[source + 2])]
                seen |= a | b | c | (c & 0x03 == 0 ? 0 : 0x80)
                output[target] = a << 2 | b >> 4
                output[target + 1] = b << 4 | c >> 2
            default: break
            }
            return seen & 0x80 == 0
        }
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The six bits of each character; 0x80 outside the alphabet.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0x80, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()
}
