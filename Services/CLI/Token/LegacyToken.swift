import Crypto
import Foundation
import Secrets

/// Tokens as older issuers make them: `typ` JWT and no `kid`. Verifiers take them by a rule of their own, which wants
/// trying out.
enum LegacyToken {
    /// The same claims under such a header, signed anew.
    static func withoutKeyID(_ token: String, key: RingKey) -> String {
        let claims = token.split(separator: ".", omittingEmptySubsequences: false).dropFirst().first ?? ""
        let header = Base64URL.encode(#"{"alg":"\#(key.algorithm.rawValue)","typ":"JWT"}"#.utf8)
        let signed = "\(header).\(claims)"
        return "\(signed).\(Base64URL.encode(tag(of: Array(signed.utf8), key: key)))"
    }

    private static func tag(of bytes: [UInt8], key: RingKey) -> [UInt8] {
        let secret = SymmetricKey(data: key.secret.withUnsafeBytes { Data($0) })
        return switch key.algorithm {
        case .hs256: Array(HMAC<SHA256>.authenticationCode(for: bytes, using: secret))
        case .hs384: Array(HMAC<SHA384>.authenticationCode(for: bytes, using: secret))
        case .hs512: Array(HMAC<SHA512>.authenticationCode(for: bytes, using: secret))
        }
    }
}
