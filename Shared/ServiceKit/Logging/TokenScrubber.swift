extension Redaction {
    /// The text with every compact JWT and every bearer credential in it masked.
    package static func scrubbed(_ text: String) -> String {
        var text = text
        guard text.withUTF8(mayHoldToken) else { return text }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if let end = endOfJWT(in: bytes, from: index) {
                result.append(contentsOf: mask.utf8)
                index = end
            } else if let start = endOfBearerScheme(in: bytes, from: index) {
                result.append(contentsOf: bytes[index..<start])
                let end = endOfToken68(in: bytes, from: start)
                // The word "bearer" in a sentence is followed by short words; a credential is long.
                result.append(contentsOf: end - start >= 16 ? Array(mask.utf8) : Array(bytes[start..<end]))
                index = end
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Bytes; what is shorter is neither a JWT nor a credential.
    private static let shortestToken = 20

    /// Nearly no text does: this look allocates nothing.
    static func mayHoldToken(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count >= shortestToken else { return false }
        var index = 0
        while index + 3 < bytes.count {
            let third = bytes[index + 2]
            switch bytes[index] {
            case 0x65 where bytes[index + 1] == 0x79 && third == 0x4A: return true
            case 0x42, 0x62: if bytes[index + 1] | 0x20 == 0x65, third | 0x20 == 0x61 { return true }
            default: break
            }
            index += 1
        }
        return false
    }

    /// `eyJ`: base64url of `{"`.
    private static func startsJWT(_ bytes: [UInt8], _ index: Int) -> Bool {
        bytes[index] == 0x65 && bytes[index + 1] == 0x79 && bytes[index + 2] == 0x4A
    }

    /// A header, a dot and something of a payload.
    private static func endOfJWT(in bytes: [UInt8], from start: Int) -> Int? {
        guard start + 3 < bytes.count, startsJWT(bytes, start) else { return nil }
        let end = endOfToken68(in: bytes, from: start)
        return end - start >= 20 && bytes[start..<end].contains(UInt8(ascii: ".")) ? end : nil
    }

    private static func endOfBearerScheme(in bytes: [UInt8], from start: Int) -> Int? {
        let scheme = "bearer ".utf8
        guard start + scheme.count < bytes.count else { return nil }
        for (offset, byte) in scheme.enumerated() where bytes[start + offset] | 0x20 != byte { return nil }
        var index = start + scheme.count
        while index < bytes.count, bytes[index] == 0x20 { index += 1 }
        return index
    }

    /// RFC 7235's token68.
    private static func endOfToken68(in bytes: [UInt8], from start: Int) -> Int {
        var index = start
        while index < bytes.count {
            switch bytes[index] {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E, 0x2B, 0x2F, 0x3D: index += 1
            default: return index
            }
        }
        return index
    }
}
