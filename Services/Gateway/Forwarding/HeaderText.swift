/// Text from a token or from the plant as a field value: no claim can start a header of its own or fake a list.
package enum HeaderText {
    /// Visible ASCII stays; everything else, `%` and (in lists) `,` is percent-encoded as UTF-8.
    package static func encoded(_ text: String, inList: Bool = false) -> String {
        if text.utf8.allSatisfy({ isPlain($0, inList) }) { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 16)
        for byte in text.utf8 {
            if isPlain(byte, inList) {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 0xF)])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    package static func list(_ texts: [String]) -> String {
        if texts.count == 1 { return encoded(texts[0], inList: true) }
        return texts.map { encoded($0, inList: true) }.joined(separator: ",")
    }

    private static let digits = Array("0123456789ABCDEF".utf8)
    private static func isPlain(_ byte: UInt8, _ inList: Bool) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "%") && !(inList && byte == UInt8(ascii: ","))
    }
}
