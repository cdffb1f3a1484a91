/// Lower-case hexadecimal digits of fixed width, without a loop over them.
package enum Hexadecimal {
    /// 16 ASCII digits, the highest first.
    @inlinable
    package static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: digits(UInt32(truncatingIfNeeded: number >> 32)).bigEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: digits(UInt32(truncatingIfNeeded: number)).bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// 16 digits.
    package static func text(_ number: UInt64) -> String {
        var bytes: [UInt8] = []
        append(number, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Eight ASCII digits, the highest in the highest byte.
    @usableFromInline
    static func digits(_ value: UInt32) -> UInt64 {
        // Each of the eight nibbles to a byte of its own.
        var spread = UInt64(value)
        spread = (spread | spread &<< 16) & 0x0000_FFFF_0000_FFFF
        spread = (spread | spread &<< 8) & 0x00FF_00FF_00FF_00FF
        spread = (spread | spread &<< 4) & 0x0F0F_0F0F_0F0F_0F0F
        // 1 in each byte that is a letter.
        let letters = ((spread &+ 0x0606_0606_0606_0606) &>> 4) & 0x0101_0101_0101_0101
        return spread &+ 0x3030_3030_3030_3030 &+ letters &* 0x27
    }
}
