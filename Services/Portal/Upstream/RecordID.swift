/// An identifier that comes from an address, a form or an answer, and becomes a part of another address.
struct RecordID: Sendable, Hashable {
    let text: String

    /// Nil for what is none: 1 to 64 letters, digits, `-` and `_`. So no dot segment and no slash is ever asked for.
    init?(_ text: some StringProtocol) {
        let bytes = text.utf8
        guard 1...64 ~= bytes.count, bytes.allSatisfy(Self.isAllowed) else { return nil }
        self.text = String(text)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
