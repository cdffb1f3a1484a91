/// Secret bytes that no print, log, dump or interpolation shows.
///
/// They are not wiped when the last copy goes: a value type's storage is shared, and the variables that most secrets
/// come from stay in the process's environment block for as long as it lives.
package struct SecretBytes: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    private let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }
    package init(utf8 text: String) { self.bytes = Array(text.utf8) }

    package var count: Int { bytes.count }
    package var isEmpty: Bool { bytes.isEmpty }

    /// Lends the bytes; they must not outlive `body`.
    package func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try bytes.withUnsafeBytes(body)
    }

    /// Takes the same time wherever the first difference is; only the lengths may be learned from it.
    package static func == (left: SecretBytes, right: SecretBytes) -> Bool {
        left.withUnsafeBytes { left in right.withUnsafeBytes { right in left.equalsInConstantTime(right) } }
    }

    /// For what a client sent: compares without telling by its time how much of it was right.
    package func equalsInConstantTime(_ other: some Sequence<UInt8>) -> Bool { self == SecretBytes(Array(other)) }

    package var description: String { "<\(count) secret bytes>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension UnsafeRawBufferPointer {
    fileprivate func equalsInConstantTime(_ other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        var difference: UInt8 = 0
        for index in 0..<count { difference |= self[index] ^ other[index] }
        return difference == 0
    }
}
