import Crypto
import Secrets

/// The successor of a spent refresh token, readable by whoever holds the spent token and by nobody else: the
/// database keeps it for the grace period without being able to open it.
enum SealedSuccessor {
    private static let info = Array("lockstep/portal/refresh-successor/v1".utf8)

    /// ChaCha20-Poly1305 (RFC 8439) under HKDF-SHA256 (RFC 5869) of the spent token; base64url.
    static func seal(_ successor: OpaqueToken, under spent: OpaqueToken, session: String, entropy: Entropy) throws
        -> String
    {
        let nonce = try ChaChaPoly.Nonce(data: entropy.bytes(12))
        let box = try ChaChaPoly.seal(
            successor.bytes, using: key(spent), nonce: nonce, authenticating: Array(session.utf8))
        return Base64URL.encode(box.combined)
    }

    /// Nil when it was sealed under another token or for another session, or was tampered with.
    static func open(_ sealed: String, with spent: OpaqueToken, session: String) -> OpaqueToken? {
        guard let combined = Base64URL.decode(sealed),
            let box = try? ChaChaPoly.SealedBox(combined: combined),
            let bytes = try? ChaChaPoly.open(box, using: key(spent), authenticating: Array(session.utf8)),
            bytes.count == OpaqueToken.byteCount
        else { return nil }
        return OpaqueToken(.refresh, bytes: Array(bytes))
    }

    private static func key(_ token: OpaqueToken) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: token.bytes), info: info, outputByteCount: 32)
    }
}
