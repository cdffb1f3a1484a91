/// Rewrites `?` to `$1`, `$2`, …, leaving what stands in strings, quoted names and comments (PostgreSQL, §4.1).
enum Placeholders {
    /// - Returns: the statement, and how many arguments it takes.
    static func numbered(_ sql: String) -> (sql: String, count: Int) {
        var scanner = Scanner(Array(sql.utf8))
        scanner.scan()
        return (String(decoding: scanner.output, as: UTF8.self), scanner.count)
    }

    private struct Scanner {
        let input: [UInt8]
        var position = 0
        var output: [UInt8] = []
        var count = 0

        init(_ input: [UInt8]) { self.input = input }

        mutating func scan() {
            while position < input.count {
                switch input[position] {
                case UInt8(ascii: "?"):
                    count += 1
                    output += Array("$\(count)".utf8)
                    position += 1
                case UInt8(ascii: "'"):
                    copyQuoted(by: UInt8(ascii: "'"), escapes: isEscapeString)
                case UInt8(ascii: "\""):
                    copyQuoted(by: UInt8(ascii: "\""), escapes: false)
                case UInt8(ascii: "-") where peek(1) == UInt8(ascii: "-"):
                    copy { $0 == UInt8(ascii: "\n") }
                case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"):
                    copyComment()
                case UInt8(ascii: "$"):
                    copyDollarQuoted()
                default:
                    copyOne()
                }
            }
        }

        private func peek(_ offset: Int) -> UInt8? {
            position + offset < input.count ? input[position + offset] : nil
        }

        private mutating func copyOne() {
            output.append(input[position])
            position += 1
        }

        private mutating func copy(until isEnd: (UInt8) -> Bool) {
            while position < input.count, !isEnd(input[position]) { copyOne() }
        }

        /// `E'…'`: a backslash takes the next byte with it. The E must not be the end of a longer name.
        private var isEscapeString: Bool {
            guard position > 0, input[position - 1] | 0x20 == UInt8(ascii: "e") else { return false }
            return position < 2 || !Self.isName(input[position - 2])
        }

        /// A doubled quote stands for itself; it looks like the end of one text and the start of the next, which is the
        /// same for our purpose.
        private mutating func copyQuoted(by quote: UInt8, escapes: Bool) {
            copyOne()
            while position < input.count {
                let byte = input[position]
                copyOne()
                if escapes, byte == UInt8(ascii: "\\"), position < input.count {
                    copyOne()
                } else if byte == quote {
                    // In an escape string the text may go on after a doubled quote, with escapes still on.
                    guard escapes, peek(0) == quote else { return }
                    copyOne()
                }
            }
        }

        /// They nest, unlike in C.
        private mutating func copyComment() {
            var depth = 0
            while position < input.count {
                if input[position] == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
                    depth += 1
                    copyOne()
                } else if input[position] == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
                    depth -= 1
                    copyOne()
                }
                copyOne()
                if depth == 0 { return }
            }
        }

        /// `$tag$ … $tag$`; a dollar inside of a name or before a digit starts none.
        private mutating func copyDollarQuoted() {
            var end = position + 1
            while end < input.count, Self.isName(input[end]), input[end] != UInt8(ascii: "$") { end += 1 }
            let isInName = position > 0 && Self.isName(input[position - 1])
            let startsWithDigit = position + 1 < input.count && Self.isDigit(input[position + 1])
            guard !isInName, !startsWithDigit, end < input.count, input[end] == UInt8(ascii: "$") else {
                return copyOne()
            }
            let tag = input[position...end]
            for _ in tag { copyOne() }
            while position < input.count, !input[position...].starts(with: tag) { copyOne() }
            for _ in tag where position < input.count { copyOne() }
        }

        private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

        private static func isName(_ byte: UInt8) -> Bool {
            let lower = byte | 0x20
            return UInt8(ascii: "a")...UInt8(ascii: "z") ~= lower || isDigit(byte) || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "$") || byte >= 0x80
        }
    }
}
