/// RFC 9113 §8.2 as far as it is about one field line. What is narrower in HTTP/1.1 is checked there, by `HTTP1`.
enum StreamFields {
    /// RFC 9113 §8.2.1: a token (RFC 9110 §5.6.2) without upper-case letters.
    static func checkName(_ name: String) throws(StreamFault) {
        let bytes = name.utf8
        guard !bytes.isEmpty, bytes.allSatisfy({ isTokenByte($0) && !(0x41...0x5A).contains($0) }) else {
            throw .badName
        }
    }

    /// RFC 9113 §8.2.1.
    static func checkValue(_ value: String) throws(StreamFault) {
        let bytes = value.utf8
        guard let first = bytes.first, let last = bytes.last else { return }
        guard !isWhitespace(first), !isWhitespace(last),
            bytes.allSatisfy({ $0 != 0x0D && $0 != 0x0A && $0 != 0x00 })
        else { throw .badValue }
    }

    /// Whether it may not be what was sent: NIOHPACK makes Strings, with U+FFFD for each byte that is no UTF-8, though a
    /// value may have such bytes (RFC 9110 §5.5, obs-text). A U+FFFD that was sent as such looks the same.
    static func isReplaced(_ value: String) -> Bool {
        value.utf8.contains(0xEF) && value.unicodeScalars.contains("\u{FFFD}")
    }

    /// RFC 9113 §8.2.2.
    static func isConnectionSpecific(_ name: String) -> Bool {
        switch name {
        case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade": true
        default: false
        }
    }

    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static func isWhitespace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
