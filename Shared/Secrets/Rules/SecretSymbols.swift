/// A secret seen as symbols of an alphabet, for `StrengthEstimate`.
struct SecretSymbols {
    /// How a symbol may follow from the one before it.
    enum Relation: CaseIterable { case same, ascending, descending, keyboardRight, keyboardLeft }

    let symbols: [UInt32]
    /// Letters in lower case.
    let folded: [UInt32]
    let alphabet: Int
    let isUUID: Bool
    /// Letters of one case, capitals at most at the beginning of words, and no digit.
    private let looksWritten: Bool

    init(_ secret: SecretBytes, limit: Int) {
        let bytes = secret.withUnsafeBytes { Array($0) }
        if let text = String(validating: bytes, as: UTF8.self), !text.unicodeScalars.contains(where: Self.isControl) {
            symbols = text.unicodeScalars.prefix(limit).map(\.value)
            isUUID = Self.hasUUIDForm(Array(text.utf8))
            alphabet = Self.smallestAlphabet(symbols)
        } else {
            symbols = bytes.prefix(limit).map(UInt32.init)
            isUUID = false
            alphabet = Self.bounded(256, by: symbols)
        }
        looksWritten = Self.looksWritten(symbols)
        folded = symbols.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }

    /// Whether the symbol behind `index` follows from it.
    func holds(_ relation: Relation, _ index: Int) -> Bool {
        let (one, other) = (folded[index], folded[index + 1])
        return switch relation {
        case .same: one == other
        case .ascending: other == one &+ 1
        case .descending: one == other &+ 1
        case .keyboardRight: Self.neighbours[one] == other
        case .keyboardLeft: Self.neighbours[other] == one
        }
    }

    /// Stretches of letters of one case (the first may be a capital) that pass for words, as `StrengthEstimate` says.
    var words: [Range<Int>] {
        var found: [Range<Int>] = []
        var start = 0
        while start < symbols.count {
            guard Self.isLetter(symbols[start]) else {
                start += 1
                continue
            }
            var end = start + 1
            // A capital may lead either case; a small letter leads small ones.
            let isLower = end < symbols.count && symbols[end] >= 0x61
            if isLower || symbols[start] < 0x61 {
                while end < symbols.count, Self.isLetter(symbols[end]), (symbols[end] >= 0x61) == isLower { end += 1 }
            }
            if isWord(start..<end) { found.append(start..<end) }
            start = end
        }
        return found
    }

    private func isWord(_ range: Range<Int>) -> Bool {
        guard !looksWritten else { return range.count >= 3 }
        guard range.count >= 4 else { return false }
        let common = range.dropLast().count { Self.commonPairs.contains(folded[$0] << 8 | folded[$0 + 1]) }
        return common * 2 >= range.count - 1
    }

    private static func smallestAlphabet(_ symbols: [UInt32]) -> Int {
        let isHexadecimal = symbols.allSatisfy { isDigit($0) || (0x61...0x66).contains($0 | 0x20) }
        if isHexadecimal { return bounded(16, by: symbols) }
        let signs = symbols.filter { $0 < 0x80 && !isDigit($0) && !isLetter($0) }
        let isBase64 = symbols.allSatisfy { $0 < 0x80 } && signs.allSatisfy { "+/-_=".utf8.contains(UInt8($0)) }
        let classes =
            (symbols.contains { (0x61...0x7A).contains($0) } ? 26 : 0)
            + (symbols.contains { (0x41...0x5A).contains($0) } ? 26 : 0)
            + (symbols.contains(where: isDigit) ? 10 : 0) + (signs.isEmpty ? 0 : 33)
            + (symbols.contains { $0 >= 0x80 } ? 32 : 0)
        return bounded(isBase64 ? min(64, classes) : classes, by: symbols)
    }

    private static func bounded(_ alphabet: Int, by symbols: [UInt32]) -> Int {
        let distinct = Set(symbols).count
        return distinct < 8 ? max(1, min(alphabet, distinct)) : alphabet
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool { scalar.value < 0x20 || scalar.value == 0x7F }
    private static func isDigit(_ symbol: UInt32) -> Bool { (0x30...0x39).contains(symbol) }
    private static func isLetter(_ symbol: UInt32) -> Bool {
        (0x41...0x5A).contains(symbol) || (0x61...0x7A).contains(symbol)
    }

    private static func looksWritten(_ symbols: [UInt32]) -> Bool {
        let isSmall = { (symbol: UInt32) in (0x61...0x7A).contains(symbol) }
        let turns = zip(symbols, symbols.dropFirst()).contains { isSmall($0) && (0x41...0x5A).contains($1) }
        return !turns && !symbols.contains(where: isDigit)
    }

    private static func hasUUIDForm(_ text: [UInt8]) -> Bool {
        text.count == 36
            && text.indices.allSatisfy { index in
                let dash = [8, 13, 18, 23].contains(index)
                let isHexadecimal = isDigit(UInt32(text[index])) || (0x61...0x66).contains(text[index] | 0x20)
                return dash ? text[index] == UInt8(ascii: "-") : isHexadecimal
            }
    }

    /// The key to the right of each key, by rows.
    private static let neighbours: [UInt32: UInt32] = {
        var neighbours: [UInt32: UInt32] = [:]
        for row in ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"] {
            let keys = row.utf8.map(UInt32.init)
            for (left, right) in zip(keys, keys.dropFirst()) { neighbours[left] = right }
        }
        return neighbours
    }()

    /// Pairs of letters that make up more than half of English text, and about a seventh of random letters.
    private static let commonPairs: Set<UInt32> = {
        let pairs = """
            th he in an er on re nd at en ed es or te st ar ou it al to se ha ng as hi le nt ve is io of co me de ro li ra
            ic ri ne la ea ti ta so us ll ec ma el no ho wi si ca ch ce il ss un pa wo ey ke cr sh ow ge ai ur lo ee et om
            fe ec pr oo tr sa mo rd em ay ac rs be pe ns id ut di po ly
            """
        return Set(
            pairs.split(whereSeparator: \.isWhitespace).map { pair in
                pair.utf8.reduce(0) { $0 << 8 | UInt32($1) }
            })
    }()
}
