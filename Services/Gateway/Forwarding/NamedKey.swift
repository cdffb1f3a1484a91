import Secrets
import Tokens

/// The key that a token says it is signed with. Nobody has verified it: this is for what the log says of a refusal alone.
enum NamedKey {
    /// Bytes of it that a log line gets, whatever a client wrote there.
    private static let longest = 80

    /// - Parameter token: a compact serialisation (RFC 7515 §7.1), or whatever was sent in its place.
    /// - Returns: nil where none can be read. Printable ASCII, of one line.
    static func text(of token: String) -> String? {
        let header = Array(token.utf8.prefix(TokenLimits.header + 1).prefix { $0 != UInt8(ascii: ".") })
        guard header.count <= TokenLimits.header, let bytes = Base64URL.decode(header),
            let json = try? StrictJSON(bytes, limits: TokenLimits.headerJSON),
            let member = json.member(json.root, "kid"),
            let name = json.utf8(member), !name.isEmpty
        else { return nil }
        let shown = name.prefix(longest).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
        return String(decoding: shown, as: UTF8.self) + (name.count > longest ? "…" : "")
    }
}
