/// Words and quoted texts, each on one line.
extension YAMLReader {
    struct Scalar {
        let text: String
        let isPlain: Bool
    }

    mutating func scalar(inFlow: Bool) throws(RoutesFault) -> Scalar {
        switch byte {
        case UInt8(ascii: "\""): Scalar(text: try doubleQuoted(), isPlain: false)
        case UInt8(ascii: "'"): Scalar(text: try singleQuoted(), isPlain: false)
        default: Scalar(text: try plain(inFlow: inFlow), isPlain: true)
        }
    }

    private mutating func plain(inFlow: Bool) throws(RoutesFault) -> String {
        try checkStart(inFlow: inFlow)
        let start = index
        var end = index
        while !isAtLineEnd, !isAtComment {
            if inFlow, isFlowIndicator(byte) { break }
            if byte == UInt8(ascii: ":") {
                if isColonAnEnd(inFlow: inFlow) { break }
                // libyaml reads no such word.
                guard !inFlow || bytes[index + 1] != UInt8(ascii: "?") else {
                    throw fault("a colon before a question mark within brackets", "quote the text")
                }
            }
            let isBlank = byte == space || byte == tab
            index += 1
            if !isBlank { end = index }
        }
        index = end
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private func isColonAnEnd(inFlow: Bool) -> Bool {
        isBlankOrEnd(index + 1) || inFlow && isFlowIndicator(bytes[index + 1])
    }

    /// What no plain word begins with (YAML 1.2 §7.3.3), each with its way out.
    private func checkStart(inFlow: Bool) throws(RoutesFault) {
        switch byte {
        case nil: throw fault("the file ends where a value should be", "finish it")
        case UInt8(ascii: "!"): throw fault("a tag, which is not read here", "leave it away, or quote the text")
        case UInt8(ascii: "|"), UInt8(ascii: ">"):
            throw fault("a text over several lines, which is not read here", "write it on one line, in quotes")
        case UInt8(ascii: "&"), UInt8(ascii: "*"):
            throw fault("an anchor or alias where a word should be", "put it behind a key, or quote the text")
        case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"):
            throw fault("a value is missing here", "write it, or take a comma away")
        case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "%"), UInt8(ascii: "@"), UInt8(ascii: "`"),
            UInt8(ascii: "#"):
            throw fault("a character that begins no word", "quote the text")
        case UInt8(ascii: "-"):
            guard isBlankOrEnd(index + 1) || inFlow && isFlowIndicator(bytes[index + 1]) else { return }
            throw fault("a dash where a value should be", "quote the text")
        case UInt8(ascii: "?"), UInt8(ascii: ":"):
            // Within brackets libyaml takes these for indicators whatever follows.
            throw fault("an indicator where a value should be", "quote the text")
        default: return
        }
    }

    private mutating func singleQuoted() throws(RoutesFault) -> String {
        let place = position
        var text: [UInt8] = []
        index += 1
        while let byte, !isAtLineEnd {
            index += 1
            guard byte == UInt8(ascii: "'") else {
                text.append(byte)
                continue
            }
            guard self.byte == UInt8(ascii: "'") else { return String(decoding: text, as: UTF8.self) }
            text.append(byte)
            index += 1
        }
        throw openQuote(place)
    }

    private mutating func doubleQuoted() throws(RoutesFault) -> String {
        let place = position
        var text = ""
        index += 1
        var start = index
        while let byte, !isAtLineEnd {
            switch byte {
            case UInt8(ascii: "\""):
                text += String(decoding: bytes[start..<index], as: UTF8.self)
                index += 1
                return text
            case UInt8(ascii: "\\"):
                text += String(decoding: bytes[start..<index], as: UTF8.self)
                text.unicodeScalars.append(try escape())
                start = index
            default: index += 1
            }
        }
        throw openQuote(place)
    }

    /// Those of JSON (RFC 8259 §7), with its pairs of surrogates.
    private mutating func escape() throws(RoutesFault) -> Unicode.Scalar {
        let place = position
        index += 2
        switch index <= bytes.count ? bytes[index - 1] : 0 {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            if let unit = unit() {
                if let scalar = Unicode.Scalar(unit) { return scalar }
                // A high surrogate needs its other half.
                if unit < 0xDC00, byte == UInt8(ascii: "\\"), index + 1 < bytes.count,
                    bytes[index + 1] == UInt8(ascii: "u")
                {
                    index += 2
                    if let low = self.unit(), (0xDC00...0xDFFF).contains(low),
                        let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
                    {
                        return scalar
                    }
                }
            }
        default: break
        }
        throw fault("an escape that is not read here", "use those of JSON", at: place)
    }

    private mutating func unit() -> UInt32? {
        guard index + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for byte in bytes[index..<(index + 4)] {
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46, 0x61...0x66: value = value << 4 | UInt32((byte | 0x20) - 0x57)
            default: return nil
            }
        }
        index += 4
        return value
    }

    private func openQuote(_ place: TextPosition) -> RoutesFault {
        fault("a quoted text does not end on its line", "close the quote; \\n stands for a line end", at: place)
    }
}
