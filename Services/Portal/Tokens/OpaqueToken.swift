import Crypto
import Secrets

/// A bearer secret that means something to this portal alone: 256 random bits. The database holds its hash.
struct OpaqueToken: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// The prefix tells a secret scanner, and a person with a leaked string in hand, what it is.
    enum Purpose: String, Sendable {
        case refresh = "lsr_"
        case webSession = "lsw_"
        case form = "lsf_"
        case secondFactorTicket = "lst_"
        /// Of a service account.
        case serviceSecret = "lss_"
        /// Of a login on its way through an OpenID provider.
        case oidcState = "lso_"
        /// Of the browser that was sent there.
        case oidcBrowser = "lsb_"
        /// In a link that was mailed.
        case link = "lsl_"
    }

    static let byteCount = 32

    let purpose: Purpose
    let bytes: [UInt8]

    init(_ purpose: Purpose, entropy: Entropy) {
        self.purpose = purpose
        self.bytes = entropy.bytes(Self.byteCount)
    }

    init(_ purpose: Purpose, bytes: [UInt8]) {
        self.purpose = purpose
        self.bytes = bytes
    }

    /// Nil for anything this portal can't have handed out, so that no such text reaches the database.
    init?(_ purpose: Purpose, parsing text: String) {
        guard text.utf8.count == purpose.rawValue.utf8.count + 43, text.hasPrefix(purpose.rawValue),
            let bytes = Base64URL.decode(String(text.dropFirst(purpose.rawValue.count))),
            bytes.count == Self.byteCount
        else { return nil }
        self.purpose = purpose
        self.bytes = bytes
    }

    /// What the client holds. Never logged, never stored.
    var text: String { purpose.rawValue + Base64URL.encode(bytes) }

    /// SHA-256 of the text, base64url: what is stored and looked up. 256 random bits need no salt and no slow hash.
    var hash: String { Base64URL.encode(SHA256.hash(data: Array(text.utf8))) }

    var description: String { "<\(purpose) token>" }
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
