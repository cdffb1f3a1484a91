#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An estimate of how many bits somebody has to guess to hit a secret. It sees neglect, not cunning: it can say that a
/// value is weak, never that it came from a good random source.
///
/// Each symbol counts log2 of its alphabet. The alphabet is the smallest of these that holds the whole value: 2 to 7
/// symbols that do occur, hexadecimal (16), base64 and base64url (64), else the sum of the character classes that occur
/// (26 lower, 26 upper, 10 digits, 33 ASCII signs, 32 for all else). Bytes that are no printable text count 256; a
/// value in the form of a UUID counts 122 bits (RFC 9562 §5.4). Then what can be foretold is taken off:
/// - a **run** of at least four equal, ascending, descending or keyboard-neighbour symbols counts its first two;
/// - a **repetition** of at least four symbols (five of hexadecimal) seen before, whatever their case, counts log2 of
///   its position;
/// - a **word**, four letters or more of which half the pairs are common in English, counts 2 bits per letter; in a
///   text without digits and without capitals behind small letters any three letters of one case count for a word.
///
/// Chance makes a few of these in a random text too, so the first 16 bits of what is taken off are forgiven: random
/// values of 128 bits and more pass (of 32,000 in eight spellings two did not). Only the first 512 symbols are looked at.
package enum StrengthEstimate {
    /// Least bits outside development and test.
    package static let minimumBits = 128
    private static let forgivenBits = 16.0
    private static let shortestRun = 4

    /// Whole bits, rounded down.
    package static func bits(of secret: SecretBytes) -> Int {
        let text = SecretSymbols(secret, limit: 512)
        guard !text.isUUID else { return 122 }
        let perSymbol = log2(Double(text.alphabet))
        var costs = [Double](repeating: perSymbol, count: text.symbols.count)
        takeOffRuns(text, &costs)
        takeOffRepetitions(text, &costs)
        takeOffWords(text, &costs)
        let plain = perSymbol * Double(costs.count)
        return Int(min(plain, costs.reduce(0, +) + forgivenBits) + 1e-9)
    }

    private static func takeOffRuns(_ text: SecretSymbols, _ costs: inout [Double]) {
        for relation in SecretSymbols.Relation.allCases {
            var start = 0
            for index in text.symbols.indices {
                if index > 0, !text.holds(relation, index - 1) { start = index }
                // The fourth of a run shows it for one; the third was part of it.
                if index - start + 1 >= shortestRun { (costs[index], costs[index - 1]) = (0, 0) }
            }
        }
    }

    private static func takeOffRepetitions(_ text: SecretSymbols, _ costs: inout [Double]) {
        let folded = text.folded
        let shortest = text.alphabet > 16 ? 4 : 5
        var index = 1
        while index < folded.count {
            var longest = 0
            for earlier in 0..<index {
                var length = 0
                while index + length < folded.count, folded[earlier + length] == folded[index + length] { length += 1 }
                longest = max(longest, length)
            }
            guard longest >= shortest else {
                index += 1
                continue
            }
            costs[index] = min(costs[index], log2(Double(index + 1)))
            for repeated in (index + 1)..<(index + longest) { costs[repeated] = 0 }
            index += longest
        }
    }

    private static func takeOffWords(_ text: SecretSymbols, _ costs: inout [Double]) {
        // Hexadecimal letters make no words worth the name.
        guard text.alphabet > 16 else { return }
        for word in text.words {
            for index in word { costs[index] = min(costs[index], 2) }
        }
    }
}
