/// Writes JSON (RFC 8259) for bodies that are put together from parts.
enum JSONText {
    /// A string with its quotes. The bytes are UTF-8: callers have made sure of it.
    static func string(_ utf8: some Sequence<UInt8>) -> [UInt8] {
        var text: [UInt8] = [UInt8(ascii: "\"")]
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: text += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
        return text
    }

    static func string(_ text: String) -> [UInt8] { string(text.utf8) }

    /// An object of members whose values are JSON already.
    static func object(_ members: [(name: [UInt8], value: [UInt8])]) -> [UInt8] {
        let parts = members.map { string($0.name) + [UInt8(ascii: ":")] + $0.value }
        return [UInt8(ascii: "{")] + parts.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "}")]
    }

    static func object(_ members: [(String, [UInt8])]) -> [UInt8] {
        object(members.map { (name: Array($0.0.utf8), value: $0.1) })
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
