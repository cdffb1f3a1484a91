import Crypto
import Secrets

/// A key between services, derived from the internal token: for one kind of token, and never the key that signs people's
/// tokens.
struct ServiceKey: Sendable {
    private let kind: TokenKind
    private let mac: MACKey
    private let header: [UInt8]
    private let keys: PreparedKeys

    /// HKDF-SHA256 (RFC 5869) without salt.
    /// - Parameter info: another one for each kind, with a version: `lockstep/revocations/v1`.
    init(internalToken: SecretBytes, info: StaticString, kind: TokenKind) {
        let input = internalToken.withUnsafeBytes { SymmetricKey(data: Array($0)) }
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: input, info: info.withUTF8Buffer { Array($0) }, outputByteCount: 32)
        let secret = derived.withUnsafeBytes { SecretBytes(Array($0)) }
        let key = RingKey(id: KeyID.derived(from: secret), algorithm: .hs256, secret: secret, state: .current)
        self.kind = kind
        mac = MACKey(hs256: secret)
        header = TokenHeader.encoded(algorithm: .hs256, kind: kind, keyID: key.id)
        keys = PreparedKeys(keys: [key])
    }

    /// - Returns: the compact serialisation.
    func sign(_ claims: [UInt8]) -> String { CompactJWS.sign(claims, header: header, mac: mac) }

    /// - Parameter now: seconds since the epoch.
    /// - Returns: the claims; what they say is for the caller to check.
    func verify(_ token: String, now: Int64) throws(TokenError) -> [UInt8] {
        try token.withTokenBytes { bytes throws(TokenError) in try keys.verify(bytes, as: kind, now: now) }.payload
    }
}
