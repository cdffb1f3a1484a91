/// An address of this portal to go back to after signing in: a path and a query, and nothing by which a browser would leave
/// the portal (CWE-601).
struct LocalPath: Sendable, Equatable {
    static let maximumBytes = 1024

    let text: String

    /// Nil for everything else: another site's address in any spelling that browsers take for one (`//host`, `/\host`,
    /// tabs and line breaks within, which URL parsers drop), and what is too long.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.first == UInt8(ascii: "/"), bytes.count <= Self.maximumBytes,
            bytes.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }),
            bytes.count == 1 || bytes[1] != UInt8(ascii: "/")
        else { return nil }
        self.text = text
    }

    private init(trusted text: String) { self.text = text }

    static let start = LocalPath(trusted: "/")
}
