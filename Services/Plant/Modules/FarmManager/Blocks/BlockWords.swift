/// What a search for blocks finds: words of the code and the name that begin as it asks.
enum BlockWords {
    /// In one search, and of one block.
    static let limit = 16

    /// Lower case, without repetition. A code counts as a whole as well: `f001-005` is found by itself, by `f001` and `005`.
    static func of(code: String, name: String?) -> [String] {
        var words = [code.lowercased()]
        for word in split("\(code) \(name ?? "")") where !words.contains(word) { words.append(word) }
        return Array(words.prefix(limit))
    }

    /// The words of what was asked for, each to be the beginning of a word of what is found.
    static func asked(_ text: String) -> [String] {
        var words: [String] = []
        for part in text.lowercased().split(whereSeparator: \.isWhitespace) {
            // A code is searched as it is written, everything else word by word.
            for word in part.contains("-") && part.utf8.contains(where: isDigit) ? [String(part)] : split(String(part))
            where !words.contains(word) { words.append(word) }
        }
        return Array(words.prefix(limit))
    }

    /// As bytes, since texts are compared by each database's own collation, and a beginning is a range of bytes alone.
    static func range(of word: String) -> (from: [UInt8], below: [UInt8]) {
        // 0xFF is in no UTF-8.
        (Array(word.utf8), Array(word.utf8) + [0xFF])
    }

    private static func split(_ text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
