import Secrets
import Tokens

/// Tokens as older issuers make them: `typ` JWT and no `kid`. Verifiers take them by a rule of their own, which wants
/// trying out.
enum LegacyToken {
    /// The same claims under such a header, signed anew.
    static func withoutKeyID(_ token: String, key: RingKey) throws(SecretError) -> String {
        let claims = token.split(separator: ".", omittingEmptySubsequences: false).dropFirst().first ?? ""
        let header = Base64URL.encodeBytes(Array(#"{"alg":"\#(key.algorithm.rawValue)","typ":"JWT"}"#.utf8))
        return try CompactJWS.sign(Base64URL.decode(Array(claims.utf8)) ?? [], header: header, key: key)
    }
}
