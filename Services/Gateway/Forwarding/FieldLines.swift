import NIOCore

/// Field lines as they are written. Values are the gateway's own or have been checked: nothing here can end a line early.
extension ByteBuffer {
    mutating func writeLine(_ name: StaticString, _ value: String) {
        writeStaticString(name)
        writeStaticString(": ")
        writeString(value)
        writeStaticString("\r\n")
    }

    mutating func writeLine(_ field: HeaderField) {
        writeString(field.name)
        writeStaticString(": ")
        writeString(field.value)
        writeStaticString("\r\n")
    }

    /// 16 lower-case hexadecimal digits.
    mutating func writeHexadecimal(_ value: UInt64) {
        writeInteger(Self.digits(UInt32(truncatingIfNeeded: value >> 32)))
        writeInteger(Self.digits(UInt32(truncatingIfNeeded: value)))
    }

    /// A number of a line of framing, without leading zeros.
    mutating func writeChunkSize(_ value: Int) { writeString(String(value, radix: 16)) }

    /// Eight ASCII digits, the highest first.
    private static func digits(_ value: UInt32) -> UInt64 {
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
