/// How large a message head may be.
package struct HeadLimits: Equatable, Sendable {
    /// Bytes of the whole head, its last empty line included. At most 16 MiB.
    package let headBytes: Int
    /// Field lines.
    package let fields: Int
    /// Bytes of the request target.
    package let targetBytes: Int

    package init(headBytes: Int = 32 * 1024, fields: Int = 100, targetBytes: Int = 8 * 1024) {
        // Offsets into a head are kept in 32 bits.
        self.headBytes = min(headBytes, 1 << 24)
        self.fields = fields
        self.targetBytes = targetBytes
    }

    /// Bytes of the longest method that is read.
    static let methodBytes = 32

    /// Bytes of the longest request line, its CRLF included: a client that drips a longer one is stopped here.
    var requestLineBytes: Int { Self.methodBytes + 1 + targetBytes + 1 + 8 + 2 }
}
