/// The checksum that Google's services send along with what matters (CRC-32C, Castagnoli's polynomial; RFC 3720 §12.1).
/// It finds what was damaged on its way; it is no proof of who wrote it.
enum CRC32C {
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var remainder = UInt32.max
        for byte in bytes { remainder = remainder >> 8 ^ table[Int(UInt8(truncatingIfNeeded: remainder) ^ byte)] }
        return ~remainder
    }

    /// By the low byte of what was read so far; the polynomial's bits are mirrored.
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
    }
}
