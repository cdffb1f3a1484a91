import Secrets

/// Puts a refusal into words: what happened and what to do. One case of the switch per outcome, so that a new outcome
/// does not compile until it is explained. (The questions of keys are in ExplainedKeys.)
struct ExplainedRefusal {
    let anatomy: TokenAnatomy
    let signer: TokenSigner?
    let ring: KeyRing
    let policy: VerificationPolicy
    let now: Int64

    func words(_ error: TokenError) -> ExplainedVerdict {
        let (cause, mend) = causeAndMend(error)
        return ExplainedVerdict(code: error.code, cause: cause, mend: mend)
    }

    private func causeAndMend(_ error: TokenError) -> (String, String) {
        switch error {
        case .missing:
            ("There is no token.", "Send it as `Authorization: Bearer TOKEN`.")
        case .malformed(let reason): malformed(reason)
        case .unsupportedAlgorithm(let name): unsupportedAlgorithm(name)
        case .unknownKey(let id): unknownKey(id)
        case .badSignature(let id): badSignature(id)
        case .revoked(let id):
            (
                "The key \(id) is revoked: its tokens are refused, whoever signed them.",
                "Log in again for a token of the current key. If the issuer still signs with \(id), it has not taken "
                    + "over the ring in which the key is revoked: compare `lockstep secret diagnose` on both."
            )
        case .expired(let at):
            (
                "It expired \(Seconds.words(now - at)) ago (leeway \(policy.leeway) s).",
                "Refresh or log in again. If it was issued just now, the clocks of issuer and verifier differ, or the "
                    + "issuer's ACCESS_TOKEN_EXPIRE_MINUTES is too short."
            )
        case .notYetValid(let at):
            (
                "It is from the future, by \(Seconds.words(at - now)) (leeway \(policy.leeway) s).",
                "The issuer's clock is ahead of this one: synchronise both (NTP). JWT_LEEWAY_SECONDS bridges small "
                    + "differences."
            )
        case .wrongIssuer(let name):
            (
                "Its issuer is \"\(name)\"; trusted are \(trusted).",
                "If that issuer belongs to this system, name it in the verifier's JWT_TRUSTED_ISSUERS, with the roles "
                    + "it may grant; otherwise the issuer's JWT_ISSUER is set wrongly."
            )
        case .wrongAudience:
            (
                "It is meant for \(claim("aud") ?? "nobody"), and this verifier is \"\(DisplayText.of(policy.audience))\".",
                "Set JWT_AUDIENCE to one value in issuer and verifier."
            )
        case .roleNotAllowed(let role):
            (
                "Its issuer \(claim("iss") ?? "") is not trusted to grant the role \"\(DisplayText.of(role))\".",
                "If it should be, change what JWT_TRUSTED_ISSUERS grants to it; a customer issuer granting a platform "
                    + "role is an attack or a mix-up of portals."
            )
        case .tokenTooLong(let bytes):
            (
                "It is too long: \(bytes) bytes; a token may have \(TokenLimits.token), its header "
                    + "\(TokenLimits.header).",
                "Put less into it. An issuer of the suite makes tokens of about 400 bytes."
            )
        }
    }

    private func malformed(_ reason: String) -> (String, String) {
        let type = anatomy.type.map { TokenType($0) }
        if case .kind(let kind) = type, kind != .access {
            return (
                "It is no access token but a \(kind.rawValue), which opens nothing.",
                "Send the access token that the portal issued."
            )
        }
        return (
            "It is malformed: \(reason).",
            anatomy.faults.isEmpty
                ? "The issuer makes tokens that this suite does not accept; issue with `portal` or mend the issuer."
                : "Take the token whole, as the issuer made it, in one line."
        )
    }

    private var trusted: String {
        policy.trustedIssuers.grants.keys.sorted().map { "\"\(DisplayText.of($0))\"" }.joined(separator: ", ")
    }

    /// A claim as it stands in the token.
    private func claim(_ name: String) -> String? { anatomy.claims.first { $0.name == name }?.json }
}
