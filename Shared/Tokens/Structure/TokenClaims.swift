import Secrets

/// Reads what all kinds of tokens have in common in their payloads.
enum TokenClaims {
    /// The payload as the JSON object that a claims set is (RFC 7519 §4).
    static func object(_ payload: [UInt8]) throws(TokenError) -> StrictJSON {
        let json: StrictJSON
        do { json = try StrictJSON(payload, limits: TokenLimits.claimsJSON) } catch {
            throw .malformed("payload: \(error)")
        }
        guard json.kind(json.root) == .object else { throw .malformed("payload is not an object") }
        return json
    }

    /// A text that must be there.
    static func text(
        _ json: StrictJSON, _ value: StrictJSON.Node, _ claim: StaticString, limit: Int = TokenLimits.claim
    )
        throws(TokenError) -> String
    {
        guard let text = json.string(value), ClaimText.isPlain(text, limit: limit) else {
            throw .malformed("\(claim) is not a plain text")
        }
        return text
    }
}
