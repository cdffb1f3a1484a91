package import Secrets

/// What can be said of a token to a person who wonders why it is refused (`lockstep explain`): what stands in it, which
/// key signed it, what the verifier says and why, and how to mend it. Shows no secret and no part of the signature, and
/// everything from the token is made fit for a screen.
package struct TokenExplanation: Sendable, Equatable {
    /// A member of header or claims, in the token's order.
    package struct Field: Sendable, Equatable {
        package let name: String
        /// The JSON text of its value, bounded.
        package let json: String
    }

    /// A key that the service holds.
    package struct HeldKey: Sendable, Equatable {
        package let id: KeyID
        /// The kid as a screen may show it: of a weak key none is.
        package let publishedID: String
        /// Empty for a weak key.
        package let aliases: [KeyID]
        package let algorithm: KeyAlgorithm
        package let state: KeyState
        /// Seconds since the epoch.
        package let retireAt: Int64?
    }

    package let header: [Field]
    package let claims: [Field]
    /// What is wrong with the structure; empty for a token whose parts can all be read.
    package let faults: [String]
    /// Who signed it, looked for among all held keys whatever `kid` says, and beyond them.
    package let signer: TokenSigner?
    package let held: [HeldKey]
    /// Where the held keys come from, as the ring says it.
    package let source: String
    /// `valid`, or the stable code of the refusal.
    package let verdict: String
    package let identity: Identity?
    /// In plain words.
    package let cause: String
    /// What to do about it; empty for a valid token.
    package let mend: String

    /// - Parameters:
    ///   - text: as somebody pasted it: space around it and a leading `Bearer` are taken off, and said.
    ///   - now: seconds since the epoch.
    package static func of(_ text: String, ring: KeyRing, policy: VerificationPolicy, now: Int64) -> TokenExplanation {
        let pasted = PastedToken(text)
        var result: Result<Identity, TokenError>
        do {
            result = .success(try TokenVerifier(ring: ring, policy: policy).verify(pasted.token, now: now))
        } catch {
            result = .failure(error)
        }
        let anatomy = TokenAnatomy(pasted.token)
        let signer = TokenSigner.find(anatomy, ring: ring)
        let words: ExplainedVerdict
        switch result {
        case .success(let identity): words = .valid(identity, ring: ring, now: now)
        case .failure(let error):
            words = ExplainedRefusal(anatomy: anatomy, signer: signer, ring: ring, policy: policy, now: now).words(
                error)
        }
        return TokenExplanation(
            header: anatomy.header, claims: anatomy.claims, faults: pasted.notes + anatomy.faults, signer: signer,
            held: ring.keys.map {
                HeldKey(
                    id: $0.id, publishedID: $0.publishedID,
                    aliases: $0.publishedID == $0.id.rawValue ? $0.aliases : [], algorithm: $0.algorithm,
                    state: $0.state, retireAt: $0.retireAt)
            },
            source: ring.source, verdict: words.code, identity: try? result.get(), cause: words.cause, mend: words.mend)
    }
}

/// A verdict in words.
struct ExplainedVerdict {
    let code: String
    let cause: String
    let mend: String

    static func valid(_ identity: Identity, ring: KeyRing, now: Int64) -> ExplainedVerdict {
        let key = ring.key(identity.keyID)
        let state = key?.state.rawValue ?? "held"
        return ExplainedVerdict(
            code: "valid",
            cause:
                "Signed by the \(state) key \(key?.publishedID ?? identity.keyID.rawValue), issued by \(DisplayText.of(identity.issuer)) for "
                + "\(DisplayText.of(identity.subject)); expires in \(Seconds.words(identity.expiresAt - now)).",
            mend: "")
    }
}

/// What was pasted, without what people paste along.
struct PastedToken {
    let token: String
    let notes: [String]

    init(_ text: String) {
        var rest = text[...]
        var notes: [String] = []
        func trim() {
            while let first = rest.first, first.isWhitespace { rest.removeFirst() }
            while let last = rest.last, last.isWhitespace { rest.removeLast() }
        }
        trim()
        if rest.count < text.count { notes.append("space around the token was taken off") }
        for prefix in ["Authorization:", "Bearer "] where rest.lowercased().hasPrefix(prefix.lowercased()) {
            rest.removeFirst(prefix.count)
            trim()
            notes.append("\(prefix.filter { $0.isLetter }) before the token was taken off")
        }
        token = String(rest)
        self.notes = notes
    }
}
