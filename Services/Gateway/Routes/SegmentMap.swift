/// Numbers by the bytes of a path segment. A dictionary would hash each segment of each request with SipHash; here the
/// keys are the operator's own, and a request that collides with one is told apart by its bytes.
struct SegmentMap: Sendable {
    private struct Entry: Sendable {
        let hash: UInt64
        let text: [UInt8]
        let number: Int
    }

    /// By hash.
    private var entries: [Entry] = []

    func find(_ hash: SegmentHash, _ path: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var position = firstPosition(hash.value)
        while position < entries.count, entries[position].hash == hash.value {
            if Self.equals(entries[position].text, path, range) { return entries[position].number }
            position += 1
        }
        return nil
    }

    func find(_ text: [UInt8]) -> Int? { find(SegmentHash(text), text.span, text.indices) }

    mutating func insert(_ text: [UInt8], _ number: Int) {
        let hash = SegmentHash(text).value
        entries.insert(Entry(hash: hash, text: text, number: number), at: firstPosition(hash))
    }

    /// Of the first entry that is not smaller.
    private func firstPosition(_ hash: UInt64) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].hash < hash { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func equals(_ text: [UInt8], _ path: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard text.count == range.count else { return false }
        for index in text.indices where text[index] != path[range.lowerBound + index] { return false }
        return true
    }
}

/// FNV-1a, 64 bits: one multiplication for each byte, on the way to the segment's end.
struct SegmentHash {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    init() {}

    init(_ bytes: [UInt8]) {
        for byte in bytes { add(byte) }
    }

    @inline(__always)
    mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
}
