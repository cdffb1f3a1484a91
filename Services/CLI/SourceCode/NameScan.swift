/// Asks whether a text holds one of many names as a word of its own, in one pass.
struct NameScan: Sendable {
    private let hashes: Set<UInt64>

    init(_ names: Set<String>) {
        hashes = Set(names.map { name in name.utf8.reduce(Self.seed, Self.mixed) })
    }

    /// By hashes: it may rarely say yes of a text without any of them, and never no of one with.
    func finds(in text: String) -> Bool {
        text.utf8.withContiguousStorageIfAvailable(finds) ?? Array(text.utf8).withUnsafeBufferPointer(finds)
    }

    private func finds(in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var hash = Self.seed
        var isInWord = false
        for byte in bytes {
            if Self.isPart(byte) {
                hash = Self.mixed(hash, byte)
                isInWord = true
            } else if isInWord {
                if hashes.contains(hash) { return true }
                hash = Self.seed
                isInWord = false
            }
        }
        return isInWord && hashes.contains(hash)
    }

    private static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

    private static func mixed(_ hash: UInt64, _ byte: UInt8) -> UInt64 { (hash ^ UInt64(byte)) &* 0x0100_0000_01B3 }

    private static func isPart(_ byte: UInt8) -> Bool {
        (97...122).contains(byte | 0x20) || (48...57).contains(byte) || byte == 0x5F || byte == 0x24 || byte >= 0x80
    }
}
