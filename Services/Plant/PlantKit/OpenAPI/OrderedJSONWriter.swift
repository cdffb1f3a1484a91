/// Writes `OrderedJSON` as RFC 8259 has it.
struct OrderedJSONWriter {
    private(set) var bytes: [UInt8] = []

    /// - Parameter indent: how deep this value stands; nil: no white space at all.
    mutating func write(_ value: OrderedJSON, indent: Int?) {
        switch value {
        case .null: raw("null")
        case .bool(let bool): raw(bool ? "true" : "false")
        case .integer(let integer): raw(String(integer))
        case .number(let number): raw(Self.text(of: number))
        case .text(let text): quote(text)
        case .array(let elements):
            list("[", "]", elements, indent) { writer, element, deeper in writer.write(element, indent: deeper) }
        case .object(let members):
            list("{", "}", members, indent) { writer, member, deeper in
                writer.quote(member.name)
                writer.raw(deeper == nil ? ":" : ": ")
                writer.write(member.value, indent: deeper)
            }
        }
    }

    private mutating func list<Element>(
        _ open: String, _ close: String, _ elements: [Element], _ indent: Int?,
        _ body: (inout OrderedJSONWriter, Element, Int?) -> Void
    ) {
        raw(open)
        let deeper = indent.map { $0 + 1 }
        for (index, element) in elements.enumerated() {
            if index > 0 { raw(",") }
            newline(deeper)
            body(&self, element, deeper)
        }
        if !elements.isEmpty { newline(indent) }
        raw(close)
    }

    private mutating func newline(_ indent: Int?) {
        guard let indent else { return }
        raw("\n" + String(repeating: "  ", count: indent))
    }

    private mutating func quote(_ text: String) {
        raw("\"")
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): raw("\\\"")
            case UInt8(ascii: "\\"): raw("\\\\")
            case UInt8(ascii: "\n"): raw("\\n")
            case UInt8(ascii: "\r"): raw("\\r")
            case UInt8(ascii: "\t"): raw("\\t")
            case 0..<0x20:
                let hex = String(byte, radix: 16)
                raw("\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex)
            default: bytes.append(byte)
            }
        }
        raw("\"")
    }

    private mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// Whole numbers without `.0`, as people write bounds.
    private static func text(of number: Double) -> String {
        guard number.isFinite else { return "null" }
        return Int64(exactly: number).map { String($0) } ?? "\(number)"
    }
}
