/// One field line to be written.
package struct HeaderField: Sendable, Hashable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// Field names as upstreams may read them: case folded, and all but letters and digits taken for `-`, as behind CGI or
/// WSGI.
enum LooseName {
    static func folded(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x41...0x5A: byte | 0x20
        case 0x30...0x39, 0x61...0x7A: byte
        default: UInt8(ascii: "-")
        }
    }

    static func bytes(_ name: String) -> [UInt8] { name.utf8.map(folded) }

    /// - Parameter folded: of `bytes`.
    static func equals(_ name: some Collection<UInt8>, _ folded: [UInt8]) -> Bool {
        guard name.count == folded.count else { return false }
        var position = 0
        for byte in name {
            if Self.folded(byte) != folded[position] { return false }
            position += 1
        }
        return true
    }
}
