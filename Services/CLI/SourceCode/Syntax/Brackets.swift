/// Which bracket closes which. One that has no partner is an ordinary mark, so that a file with a fault in it is still
/// read.
struct Brackets: Sendable {
    /// For each token that opens, the place of the one that closes it; -1 for all others.
    let closing: [Int]

    init(_ tokens: [Token]) {
        var closing = [Int](repeating: -1, count: tokens.count)
        var open: [(kind: Character, index: Int)] = []
        // Without the counts a file of brackets that never match would be searched again for each.
        var counts: [Character: Int] = [:]
        for (index, token) in tokens.enumerated() where token.kind == .mark && token.text.count == 1 {
            guard let mark = token.text.first else { continue }
            switch mark {
            case "(", "[", "{":
                open.append((mark, index))
                counts[mark, default: 0] += 1
            case ")", "]", "}":
                let partner: Character = mark == ")" ? "(" : mark == "]" ? "[" : "{"
                guard counts[partner, default: 0] > 0 else { continue }
                while let last = open.popLast() {
                    counts[last.kind, default: 0] -= 1
                    if last.kind == partner {
                        closing[last.index] = index
                        break
                    }
                }
            default: continue
            }
        }
        self.closing = closing
    }
}
