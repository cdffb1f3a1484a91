import ServiceKit

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
    mutating func writeHexadecimal(_ value: UInt64) { Hexadecimal.append(value, to: &bytes) }
}
