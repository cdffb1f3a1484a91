import Evidence

/// A place in a list of tokens. Past the end there is a line end, again and again.
struct TokenCursor {
    let tokens: [Token]
    var index = 0
    /// For each opening bracket the index of the one that closes it, or the number of tokens.
    private let closers: [Int: Int]
    private let end: Token

    init(_ tokens: [Token], file: String) {
        self.tokens = tokens
        end = Token(
            kind: .lineEnd, text: "\n", position: tokens.last?.position ?? SourcePosition(file: file, line: 1))
        var closers: [Int: Int] = [:]
        var open: [Int] = []
        for (index, token) in tokens.enumerated() where token.kind == .mark {
            switch token.text {
            case "(", "[", "{": open.append(index)
            case ")", "]", "}": if let opening = open.popLast() { closers[opening] = index }
            default: break
            }
        }
        for opening in open { closers[opening] = tokens.count }
        self.closers = closers
    }

    var isAtEnd: Bool { index >= tokens.count }
    var current: Token { index < tokens.count ? tokens[index] : end }
    var position: SourcePosition { current.position }

    func peek(_ offset: Int = 1) -> Token {
        index + offset < tokens.count ? tokens[index + offset] : end
    }

    func token(at index: Int) -> Token { index < tokens.count ? tokens[index] : end }

    /// The index of the bracket that closes the one at `index`.
    func closer(of index: Int) -> Int { closers[index] ?? tokens.count }

    func isMark(_ mark: String) -> Bool { current.isMark(mark) }
    func isWord(_ word: String) -> Bool { current.isWord(word) }

    mutating func advance() { index += 1 }

    mutating func accept(_ mark: String) -> Bool {
        guard isMark(mark) else { return false }
        index += 1
        return true
    }

    mutating func acceptWord(_ word: String) -> Bool {
        guard isWord(word) else { return false }
        index += 1
        return true
    }

    mutating func passLineEnds() {
        while index < tokens.count, tokens[index].kind == .lineEnd { index += 1 }
    }

    /// Past the bracket that closes the one here.
    mutating func passBrackets() { index = max(index + 1, closer(of: index) + 1) }
}
