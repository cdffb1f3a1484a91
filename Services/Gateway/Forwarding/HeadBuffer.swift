/// A head while it is written, one line after the other. Values are the gateway's own or have been checked: nothing here
/// can end a line early.
///
/// An array, since a head is some seventy small pieces: a `ByteBuffer` looks at its storage anew for each of them.
package struct HeadBuffer: Sendable, Equatable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Keeps the storage.
    mutating func clear() { bytes.removeAll(keepingCapacity: true) }

    @inline(__always)
    package mutating func writeStaticString(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    @inline(__always)
    package mutating func writeString(_ text: String) {
        var text = text
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }

    @inline(__always)
    mutating func writeLines(_ lines: HeadBuffer) { bytes.append(contentsOf: lines.bytes) }

    @inline(__always)
    mutating func writeBytes(_ span: RawSpan) { span.withUnsafeBytes { bytes.append(contentsOf: $0) } }

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
        for half in [UInt32(truncatingIfNeeded: value >> 32), UInt32(truncatingIfNeeded: value)] {
            withUnsafeBytes(of: Self.digits(half).bigEndian) { bytes.append(contentsOf: $0) }
        }
    }

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
