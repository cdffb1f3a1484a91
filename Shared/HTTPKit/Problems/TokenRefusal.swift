package import Secrets
package import Tokens

extension Refusal {
    /// The public words say what is wrong with the token; the key's name, the kids held here and their source go to
    /// `cause` and `diagnostics`.
    package init(_ error: TokenError, ring: KeyRing) {
        let (code, detail, tokenKey, reason) = Self.explain(error)
        let held = ring.keys.map { "\($0.publishedID) (\($0.state.rawValue), \($0.algorithm.rawValue))" }
            .joined(separator: ", ")
        var diagnostics = [
            "held_kids": held.isEmpty ? "none" : held, "source": ring.source, "environment": ring.environment.rawValue,
        ]
        if let tokenKey { diagnostics["token_kid"] = Self.shortened(tokenKey.rawValue) }
        if let reason { diagnostics["reason"] = Self.shortened(reason) }
        let named = tokenKey.map { "token kid \(Self.shortened($0.rawValue))" } ?? "token without a known kid"
        let cause =
            "\(error.code): \(reason.map { "\(Self.shortened($0)); " } ?? "")\(named); held here: "
            + "\(diagnostics["held_kids"] ?? "none"), from \(ring.source), environment \(ring.environment.rawValue)"
        self.init(code, detail, cause: cause, diagnostics: diagnostics)
    }

    private static func explain(
        _ error: TokenError
    ) -> (code: ProblemCode, detail: String, key: KeyID?, reason: String?) {
        switch error {
        case .missing:
            (.missingToken, "Send an access token: Authorization: Bearer <token>.", nil, nil)
        case .malformed(let reason):
            (.malformedToken, "The token does not have the form of an access token.", nil, reason)
        case .unsupportedAlgorithm(let algorithm):
            (
                .unsupportedAlgorithm, "The token's algorithm is not one that this service accepts for its key.", nil,
                "alg \(algorithm)"
            )
        case .unknownKey(let key):
            (.unknownKey, "The token is signed by a key that this service does not hold.", key, nil)
        case .badSignature(let key):
            (.badSignature, "The token's signature does not match its content.", key, nil)
        case .expired(let time):
            (.expired, "The token has expired. Refresh it.", nil, "expired at \(time)")
        case .notYetValid(let time):
            (
                .notYetValid, "The token is not valid yet; the clocks of issuer and service may differ.", nil,
                "valid from \(time)"
            )
        case .wrongIssuer(let issuer):
            (.wrongIssuer, "The token comes from an issuer that this service does not trust.", nil, "iss \(issuer)")
        case .wrongAudience:
            (.wrongAudience, "The token is meant for another audience.", nil, nil)
        case .roleNotAllowed(let role):
            (.roleNotAllowed, "The token claims a role that its issuer may not grant.", nil, "role \(role)")
        case .revoked(let key):
            (.revoked, "The token is signed by a key that has been revoked.", key, nil)
        case .tokenTooLong(let bytes):
            (.tokenTooLong, "The token is longer than this service accepts.", nil, "\(bytes) bytes")
        }
    }

    /// The client wrote these texts: whatever they are, a log line gets no more of them than this.
    private static func shortened(_ text: String) -> String {
        text.count <= 80 ? text : text.prefix(80) + "…"
    }
}
