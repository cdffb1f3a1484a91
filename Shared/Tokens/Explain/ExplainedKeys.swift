import Secrets

/// The refusals that are about keys: here is the drift that this suite is about.
extension ExplainedRefusal {
    private static let compare =
        "Run `lockstep secret diagnose` at the issuer and here: the kids of both must be equal, and it says where each "
        + "came from."

    private var held: String {
        ring.keys.isEmpty
            ? "none"
            : ring.keys.map { "\($0.publishedID) (\($0.state.rawValue))" }.joined(separator: ", ")
                + " from \(ring.source)"
    }

    /// A weak key has no kid that may be shown (`RingKey.publishedID`).
    private func shown(_ id: KeyID) -> String { ring.key(id)?.publishedID ?? DisplayText.of(id.rawValue) }

    func unsupportedAlgorithm(_ name: String) -> (String, String) {
        if name.lowercased() == "none" {
            return (
                "It is not signed (alg \(name)).",
                "No issuer of the suite makes such a token. If nobody was testing, treat it as an attack."
            )
        }
        if case .publicKeyAsSecret(let id) = signer {
            return (
                "It is signed with \(name), and the secret is the public key \(shown(id)), which everybody has.",
                "No issuer makes such a token: it is a forgery that hopes for a verifier which believes its header."
            )
        }
        if KeyAlgorithm(rawValue: name) != nil {
            return (
                "It is signed with \(name); the key it names, or every key held, is for another algorithm. Held: "
                    + "\(ring.keys.map { "\($0.publishedID) for \($0.algorithm.rawValue)" }.joined(separator: ", ")).",
                "Set JWT_ALGORITHM to one value in issuer and verifier (or `alg` in the JWK Set)."
            )
        }
        return (
            "Its algorithm \(name) is not one that this verifier uses (HS, RS, PS, ES 256 to 512, EdDSA).",
            "Set the issuer's algorithm to the one of the shared key."
        )
    }

    func unknownKey(_ id: KeyID) -> (String, String) {
        let name = DisplayText.of(id.rawValue)
        if let key = ring.key(id), let retireAt = key.retireAt, now >= retireAt {
            return (
                "The key \(name) was retired \(Seconds.words(now - retireAt)) ago.",
                "Log in again. If the issuer still signs with it, it missed the rotation: \(Self.compare)"
            )
        }
        if case .held(let other) = signer {
            return (
                "It names the key \(name), which is not held, but was signed with \(shown(other)), which is: issuer and "
                    + "verifier hold the same bytes under different names. Held: \(held).",
                "Give the key the same kid on both sides: load the same JWK Set, or the raw secret, in both."
            )
        }
        if id.isDevelopmentFallback {
            return (
                "It was signed with the development fallback (\(name)), which is not held here. Held: \(held).",
                "The issuer runs without a secret of its own: set its JWT_SECRET, or its ENVIRONMENT, as here."
            )
        }
        return (
            "The key \(name) is not held. Held: \(held). \(signedWith)",
            "The issuer signs with another secret. \(Self.compare)"
        )
    }

    func badSignature(_ id: KeyID?) -> (String, String) {
        let whole =
            "The signature does not fit "
            + (id.map { "the key \($0) that it names" } ?? "any key held, and it names none") + ". Held: \(held)."
        switch signer {
        case .held(let other):
            return (
                "\(whole) It was signed with \(shown(other)).",
                id == nil
                    ? "Only four keys are tried for a token without kid: retire old keys, or let the issuer write the kid."
                    : "The issuer writes the wrong kid into its tokens: its ring names another key than it signs with."
            )
        case .heldUnder(_, let algorithm):
            return (
                "\(whole) It was signed under \(algorithm.rawValue).",
                "Set JWT_ALGORITHM to one value in issuer and verifier."
            )
        case .publicKeyAsSecret:
            return ("\(whole) \(signedWith)", "No issuer makes such a token: treat it as an attack.")
        case .variant, .developmentFallback, .publishedSample:
            return ("\(whole) \(signedWith)", "Give both the same bytes. \(Self.compare)")
        case nil:
            return (
                whole,
                id == nil
                    ? "The issuer signs with another secret, or the token was altered on its way. \(Self.compare)"
                    : "The token was altered on its way, or the issuer has another secret under the same kid. "
                        + Self.compare
            )
        }
    }

    /// What was found beyond the held keys.
    private var signedWith: String {
        switch signer {
        case .held(let id): "It was signed with \(shown(id))."
        case .heldUnder(let id, let algorithm): "It was signed with \(shown(id)), under \(algorithm.rawValue)."
        case .variant(let id, let difference): "It was signed with the secret of \(shown(id)) \(difference)."
        case .publicKeyAsSecret(let id): "It was signed with the public key \(shown(id)), used as a secret."
        case .developmentFallback: "It was signed with the development fallback."
        case .publishedSample: "It was signed with a sample secret that stands in public documents."
        case nil: "No held key fits its signature."
        }
    }
}
