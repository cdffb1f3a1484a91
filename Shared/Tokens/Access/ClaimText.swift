/// Which texts may stand in a claim. Claims become header values at the gateway, so a line break or a separator in one
/// would forge another header or another role.
enum ClaimText {
    /// One line, no control characters, no space around it, not empty.
    static func isPlain(_ text: String, limit: Int = TokenLimits.claim) -> Bool {
        guard !text.isEmpty, text.utf8.count <= limit, text.utf8.first != 0x20, text.utf8.last != 0x20 else {
            return false
        }
        // Most claims are ASCII: looked at by byte, without making scalars of them.
        var isASCII = true
        for byte in text.utf8 {
            if byte < 0x20 || byte == 0x7F { return false }
            if byte >= 0x80 { isASCII = false }
        }
        return isASCII || text.unicodeScalars.allSatisfy(DisplayText.isPlain)
    }

    /// Visible ASCII without the characters that separate or quote names in a header (`,`, `;`, `"`, `\`):
    /// `customer_,super_admin` must not become two roles.
    static func isRole(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= TokenLimits.role else { return false }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\""), UInt8(ascii: "\\"): return false
            case 0x21...0x7E: continue
            default: return false
            }
        }
        return true
    }
}
