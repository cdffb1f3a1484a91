/// A new seed, on its way to the authenticator app. Shown while it is being enrolled, and never again.
struct EnrolmentSeed: Sendable, CustomStringConvertible, CustomReflectable {
    private let bytes: [UInt8]
    private let issuer: String
    private let account: String

    init(bytes: [UInt8], issuer: String, account: String) {
        self.bytes = bytes
        self.issuer = issuer
        self.account = account
    }

    /// To be typed where there is no camera.
    var secret: String { Base32.encode(bytes) }

    /// The key URI that authenticator apps agree on (Google Authenticator's Key Uri Format).
    var uri: String {
        let (issuer, account) = (Self.escaped(issuer), Self.escaped(account))
        return "otpauth://totp/\(issuer):\(account)?secret=\(secret)&issuer=\(issuer)&algorithm=SHA1"
            + "&digits=\(OneTimePassword.digits)&period=\(OneTimePassword.period)"
    }

    /// Percent-encoded but for what RFC 3986 §2.3 calls unreserved.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                escaped += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return escaped
    }

    var description: String { "<enrolment seed>" }
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
