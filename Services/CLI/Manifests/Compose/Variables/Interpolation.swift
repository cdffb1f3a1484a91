/// Compose's variable syntax: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?message}`,
/// `${NAME?message}`, `${NAME:+replacement}`, `${NAME+replacement}` and `$$` for a dollar sign. With a colon an empty
/// value counts as unset. The word after the operator may hold variables itself; it is read only where it is used.
///
/// Read once here; `expand` puts values in, and `bind` keeps what the files do not say as references.
package enum Interpolation {
    package enum Fault: Error, Sendable, Equatable {
        /// The text from the dollar sign on can't be read.
        case malformed
        /// `${NAME:?message}` without a value.
        case required(name: String, message: String)
    }

    enum Part: Equatable {
        case text(String)
        case variable(Variable)
    }

    struct Variable: Equatable {
        enum Condition: UInt8, Equatable {
            case otherwise = 0x2D  // -
            case required = 0x3F  // ?
            case replacement = 0x2B  // +
        }

        let name: String
        var condition: Condition?
        /// Whether an empty value counts as unset.
        var emptyCounts = false
        /// What stands after the operator, not yet read.
        var word = ""
    }

    static func parts(of text: String) throws(Fault) -> [Part] {
        var scanner = Scanner(bytes: Array(text.utf8))
        return try scanner.scan()
    }

    private struct Scanner {
        let bytes: [UInt8]
        var index = 0
        var plain: [UInt8] = []
        var parts: [Part] = []

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func scan() throws(Fault) -> [Part] {
            while index < bytes.count {
                let byte = bytes[index]
                index += 1
                guard byte == Self.dollar else {
                    plain.append(byte)
                    continue
                }
                guard index < bytes.count else { throw .malformed }
                if bytes[index] == Self.dollar {
                    plain.append(Self.dollar)
                    index += 1
                } else if bytes[index] == Self.open {
                    index += 1
                    let variable = try braced()
                    endText()
                    parts.append(.variable(variable))
                } else {
                    guard let name = name() else { throw .malformed }
                    endText()
                    parts.append(.variable(Variable(name: name)))
                }
            }
            endText()
            return parts
        }

        private mutating func endText() {
            if !plain.isEmpty { parts.append(.text(String(decoding: plain, as: UTF8.self))) }
            plain.removeAll(keepingCapacity: true)
        }

        private mutating func braced() throws(Fault) -> Variable {
            guard let name = name(), index < bytes.count else { throw .malformed }
            var variable = Variable(name: name)
            if bytes[index] == Self.close {
                index += 1
                return variable
            }
            if bytes[index] == UInt8(ascii: ":") {
                variable.emptyCounts = true
                index += 1
            }
            guard index < bytes.count, let condition = Variable.Condition(rawValue: bytes[index]) else {
                throw .malformed
            }
            index += 1
            variable.condition = condition
            variable.word = try word()
            return variable
        }

        private mutating func name() -> String? {
            let start = index
            while index < bytes.count, Self.isNamePart(bytes[index], first: index == start) { index += 1 }
            return index > start ? String(decoding: bytes[start..<index], as: UTF8.self) : nil
        }

        /// Up to the brace that closes this variable; pairs inside (`${A:-{"keys":[]}}`, `${A:-${B}}`) belong to the word.
        private mutating func word() throws(Fault) -> String {
            let start = index
            var depth = 0
            while index < bytes.count {
                if bytes[index] == Self.open {
                    depth += 1
                    // Each level is read again with the one inside it; nobody nests so deep by hand.
                    guard depth < Self.deepest else { throw .malformed }
                } else if bytes[index] == Self.close {
                    if depth == 0 {
                        index += 1
                        return String(decoding: bytes[start..<(index - 1)], as: UTF8.self)
                    }
                    depth -= 1
                }
                index += 1
            }
            throw .malformed
        }

        private static let deepest = 32
        private static let dollar = UInt8(ascii: "$")
        private static let open = UInt8(ascii: "{")
        private static let close = UInt8(ascii: "}")

        private static func isNamePart(_ byte: UInt8, first: Bool) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): !first
            default: false
            }
        }
    }
}
