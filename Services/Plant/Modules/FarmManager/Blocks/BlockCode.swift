/// A block's name on its sign: its farm's number and its own within the farm, e.g. `F001-005`.
package struct BlockCode: Sendable, Equatable, CustomStringConvertible {
    package let farm: Int64
    package let block: Int64

    package init(farm: Int64, block: Int64) {
        self.farm = farm
        self.block = block
    }

    /// `F`, three to six digits, `-`, three to six digits; neither number is 0 or longer than it has to be.
    package init?(_ text: String) {
        let parts = text.utf8.dropFirst().split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard text.utf8.first == UInt8(ascii: "F"), parts.count == 2, let farm = Self.number(parts[0]),
            let block = Self.number(parts[1])
        else { return nil }
        self.init(farm: farm, block: block)
        // One spelling for each: F0001-005 would be another text for the same sign.
        guard description == text else { return nil }
    }

    package var description: String { "F\(Self.padded(farm))-\(Self.padded(block))" }

    package static func problem(in text: String) -> String? {
        BlockCode(text) == nil ? "must be a farm's and a block's number, such as F001-005" : nil
    }

    private static func padded(_ number: Int64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }

    private static func number(_ digits: Substring.UTF8View.SubSequence) -> Int64? {
        guard (3...6).contains(digits.count), digits.allSatisfy(FarmCode.isDigit),
            let number = Int64(Substring(digits)), number > 0
        else { return nil }
        return number
    }
}
