import Secrets

/// `iat`, `exp` and `nbf` of a token (RFC 7519 §4.1), and the rules on them that all kinds share.
struct TokenTimes {
    var issuedAt: Int64?
    var expiresAt: Int64?
    var notBefore: Int64?

    /// Takes the value of one claim; strings that look like numbers are no NumericDate.
    static func read(_ json: StrictJSON, _ value: StrictJSON.Node, _ claim: StaticString) throws(TokenError) -> Int64 {
        guard let seconds = json.floor(value) else { throw .malformed("\(claim) is not a time in seconds") }
        return seconds
    }

    /// - Parameters:
    ///   - leeway: seconds.
    ///   - maximumLifetime: seconds from `iat` to `exp`.
    /// - Returns: `iat` and `exp`, both required.
    func checked(now: Int64, leeway: Int64, maximumLifetime: Int64) throws(TokenError) -> (Int64, Int64) {
        guard let issuedAt else { throw .malformed("iat is missing") }
        guard let expiresAt else { throw .malformed("exp is missing") }
        guard expiresAt >= issuedAt else { throw .malformed("exp is before iat") }
        guard expiresAt - issuedAt <= maximumLifetime else {
            throw .malformed(
                "lives for \(expiresAt - issuedAt) s, longer than the \(maximumLifetime) s allowed")
        }
        guard now < expiresAt + leeway else { throw .expired(at: expiresAt) }
        guard issuedAt <= now + leeway else { throw .notYetValid(at: issuedAt) }
        if let notBefore, notBefore > now + leeway { throw .notYetValid(at: notBefore) }
        return (issuedAt, expiresAt)
    }

    /// When times that were `checked` pass: seconds since the epoch.
    func window(leeway: Int64) -> Range<Int64> {
        let start = max(issuedAt ?? .min, notBefore ?? .min) - leeway
        return start..<max(start, (expiresAt ?? .min) + leeway)
    }
}
