import PlantKit

/// Numbers that look like chance and are the same for the same beginning, on every machine and with every Swift:
/// SplitMix64 (Steele, Lea and Flood, 2014).
struct SeedRandom: Sendable {
    private var state: UInt64

    /// - Parameter path: each gives numbers of its own.
    init(_ path: [UInt64]) {
        state = 0
        for part in path { state = Self.mixed(state &+ Self.step &+ part) }
    }

    private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

    private static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func next() -> UInt64 {
        state &+= Self.step
        return Self.mixed(state)
    }

    /// Ranges are small beside 2^64, so that the remainder is as good as even.
    mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound + Int64(next() % UInt64(range.upperBound - range.lowerBound + 1))
    }

    mutating func chance(_ percent: Int64) -> Bool { number(1...100) <= percent }

    /// - Parameter items: at least one.
    mutating func pick<Item>(_ items: [Item]) -> Item { items[Int(next() % UInt64(items.count))] }

    /// Of the form of a random UUID (RFC 9562, version 4), as other records have.
    mutating func id() -> String {
        let high = (next() & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000
        let low = (next() & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
        return String(unsafeUninitializedCapacity: 36) { text in
            var place = 0
            for half in [high, low] {
                for shift in stride(from: 60, through: 0, by: -4) {
                    if [8, 13, 18, 23].contains(place) {
                        text[place] = UInt8(ascii: "-")
                        place += 1
                    }
                    let digit = UInt8(truncatingIfNeeded: (half >> UInt64(shift)) & 0xF)
                    text[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                    place += 1
                }
            }
            return place
        }
    }
}
