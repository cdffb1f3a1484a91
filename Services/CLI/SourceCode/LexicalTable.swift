/// `LexicalRules` by the first byte of what they look for, so that the lexer asks once for each byte and not once for
/// each rule.
struct LexicalTable {
    enum Opening {
        case lineComment
        case blockComment(close: [UInt8], nests: Bool)
        case string(StringForm)
        case mark(String)
        case hereDocument
    }

    struct StringForm {
        let rule: LexicalRules.StringRule
        let close: [UInt8]
    }

    struct Candidate {
        let bytes: [UInt8]
        let opening: Opening
    }

    /// 1: may begin a word, 2: a digit, 4: blank.
    let kinds: [UInt8]
    /// For each byte what may begin with it, the longest first.
    let candidates: [[Candidate]]
    /// Opening brackets within which lines are joined.
    let joining: [Bool]

    init(_ rules: LexicalRules) {
        var kinds = [UInt8](repeating: 0, count: 256)
        for byte in UInt8(ascii: "a")...UInt8(ascii: "z") { kinds[Int(byte)] = 1 }
        for byte in UInt8(ascii: "A")...UInt8(ascii: "Z") { kinds[Int(byte)] = 1 }
        for byte in UInt8(ascii: "0")...UInt8(ascii: "9") { kinds[Int(byte)] = 2 }
        for byte in [UInt8(ascii: "_")] + rules.wordExtras.compactMap(\.asciiValue) { kinds[Int(byte)] = 1 }
        for byte: UInt8 in [9, 11, 12, 32] { kinds[Int(byte)] = 4 }
        self.kinds = kinds

        var joining = [Bool](repeating: false, count: 256)
        for bracket in rules.joiningBrackets.compactMap(\.asciiValue) { joining[Int(bracket)] = true }
        self.joining = joining

        var candidates = [[Candidate]](repeating: [], count: 256)
        func add(_ open: String, _ opening: Opening) {
            let bytes = Array(open.utf8)
            guard let first = bytes.first else { return }
            candidates[Int(first)].append(Candidate(bytes: bytes, opening: opening))
        }
        // Of two that are equally long the one that is added first counts: a comment before a mark.
        for comment in rules.blockComments {
            add(comment.open, .blockComment(close: Array(comment.close.utf8), nests: comment.nests))
        }
        for open in rules.lineComments { add(open, .lineComment) }
        for open in rules.hereDocuments { add(open, .hereDocument) }
        for rule in rules.strings {
            add(rule.open, .string(StringForm(rule: rule, close: Array(rule.close.utf8))))
        }
        for mark in rules.marks { add(mark, .mark(mark)) }
        self.candidates = candidates.map { list in
            list.enumerated().sorted { ($1.element.bytes.count, $0.offset) < ($0.element.bytes.count, $1.offset) }
                .map(\.element)
        }
    }
}
