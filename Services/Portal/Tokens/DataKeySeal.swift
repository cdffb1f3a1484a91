import Crypto
import Secrets

/// Seals what lies in the database with a key derived from `PORTAL_DATA_KEY`: ChaCha20-Poly1305 (RFC 8439) under
/// HKDF-SHA256 (RFC 5869). What is sealed for one purpose or one row opens for no other.
struct DataKeySeal: Sendable {
    enum Purpose: String, Sendable {
        case webAccessToken = "lockstep/portal/web-access-token/v1"
        case oidcLogin = "lockstep/portal/oidc-login/v1"
        case letter = "lockstep/portal/letter/v1"
        /// The token that the password opened DB updates with, and what is kept beside it.
        case dbUpdatesOpening = "lockstep/portal/db-updates-opening/v1"
        /// Statements, and what they answered.
        case statementRun = "lockstep/portal/statement-run/v1"
        case secondFactorSeed = "lockstep/portal/second-factor-seed/v1"
        /// No seal: keys the hashes of recovery codes.
        case recoveryCodes = "lockstep/portal/recovery-codes/v1"
    }

    let key: SymmetricKey
    private let entropy: Entropy

    init(_ dataKey: SecretBytes, for purpose: Purpose, entropy: Entropy) {
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: dataKey.withUnsafeBytes { SymmetricKey(data: $0) },
            info: Array(purpose.rawValue.utf8), outputByteCount: 32)
        self.entropy = entropy
    }

    /// - Parameter row: names the row that it is for; it opens for this one alone.
    /// - Returns: base64url.
    func seal(_ bytes: [UInt8], for row: String) throws -> String {
        let nonce = try ChaChaPoly.Nonce(data: entropy.bytes(12))
        let box = try ChaChaPoly.seal(bytes, using: key, nonce: nonce, authenticating: Array(row.utf8))
        return Base64URL.encode(box.combined)
    }

    /// Nil when it was sealed with another key, for another row or purpose, or was tampered with.
    func open(_ sealed: String, for row: String) -> [UInt8]? {
        guard let combined = Base64URL.decode(sealed), let box = try? ChaChaPoly.SealedBox(combined: combined) else {
            return nil
        }
        return try? Array(ChaChaPoly.open(box, using: key, authenticating: Array(row.utf8)))
    }
}
