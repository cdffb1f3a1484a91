import Secrets

/// A token that lacks its signature only.
struct TokenDraft {
    let payload: [UInt8]
    let key: RingKey
    let tokenID: String
    /// Seconds since the epoch.
    let issuedAt: Int64
    /// Seconds since the epoch.
    let expiresAt: Int64

    /// - Parameter text: the signed serialisation.
    func token(_ text: String) -> IssuedToken {
        IssuedToken(text: text, tokenID: tokenID, keyID: key.id, issuedAt: issuedAt, expiresAt: expiresAt)
    }
}
