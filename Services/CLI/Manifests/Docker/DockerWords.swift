/// The words of an `ENV` or `ARG` instruction, with quotes taken off and their dollar signs written so that
/// `Interpolation` reads them as Docker does: nothing is filled in within single quotes or behind the escape character.
struct DockerWords {
    struct Pair {
        let name: String
        let template: String?
        /// Of the name in the instruction.
        let offset: Int
    }

    /// Of one instruction; no file has so many.
    private static let limit = 1000

    private let bytes: [UInt8]
    private let escape: UInt8
    private var index: Int

    init(bytes: [UInt8], from start: Int, escape: UInt8) {
        self.bytes = bytes
        self.escape = escape
        index = start
    }

    /// - Parameter valueBehindBlank: `ENV NAME the rest of the line` is understood, as Docker still does.
    mutating func pairs(valueBehindBlank: Bool) -> [Pair] {
        var pairs: [Pair] = []
        while pairs.count < Self.limit, skipBlanks() {
            let offset = index
            let name = takeName()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else {
                if valueBehindBlank, pairs.isEmpty {
                    let template = skipBlanks() ? takeValue(untilBlank: false) : nil
                    return name.isEmpty ? [] : [Pair(name: name, template: template, offset: offset)]
                }
                if index == offset { index += 1 }
                if !name.isEmpty { pairs.append(Pair(name: name, template: nil, offset: offset)) }
                continue
            }
            index += 1
            let template = takeValue(untilBlank: true)
            if !name.isEmpty { pairs.append(Pair(name: name, template: template, offset: offset)) }
        }
        return pairs
    }

    /// False at the end.
    private mutating func skipBlanks() -> Bool {
        while index < bytes.count, Self.isBlank(bytes[index]) { index += 1 }
        return index < bytes.count
    }

    private mutating func takeName() -> String {
        let start = index
        while index < bytes.count, bytes[index] != UInt8(ascii: "="), !Self.isBlank(bytes[index]) { index += 1 }
        return String(decoding: bytes[start..<index].filter { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
    }

    private mutating func takeValue(untilBlank: Bool) -> String {
        var template: [UInt8] = []
        var quote: UInt8?
        while index < bytes.count {
            let byte = bytes[index]
            if quote == nil, untilBlank, Self.isBlank(byte) { break }
            index += 1
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                if quote == nil { quote = byte } else if quote == byte { quote = nil } else { template.append(byte) }
            case escape where quote != UInt8(ascii: "'") && index < bytes.count:
                let next = bytes[index]
                index += 1
                let keepsEscape =
                    quote != nil && next != UInt8(ascii: "\"") && next != UInt8(ascii: "$") && next != escape
                if keepsEscape { template.append(byte) }
                append(next, to: &template)
            case UInt8(ascii: "$"): takeDollar(into: &template, isLiteral: quote == UInt8(ascii: "'"))
            default: template.append(byte)
            }
        }
        while !untilBlank, let last = template.last, Self.isBlank(last) { template.removeLast() }
        return String(decoding: template, as: UTF8.self)
    }

    private mutating func takeDollar(into template: inout [UInt8], isLiteral: Bool) {
        let dollar = UInt8(ascii: "$")
        guard !isLiteral, index < bytes.count else { return append(dollar, to: &template) }
        if bytes[index] == UInt8(ascii: "{") {
            template.append(dollar)
            var depth = 0
            while index < bytes.count {
                let byte = bytes[index]
                template.append(byte)
                index += 1
                if byte == UInt8(ascii: "{") { depth += 1 }
                if byte == UInt8(ascii: "}") { depth -= 1 }
                if depth == 0 { return }
            }
        } else if ShellName.isPart(bytes[index]), !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) {
            template.append(dollar)
        } else {
            append(dollar, to: &template)
        }
    }

    /// A byte that stands for itself.
    private func append(_ byte: UInt8, to template: inout [UInt8]) {
        if byte == UInt8(ascii: "$") { template.append(byte) }
        template.append(byte)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
