package import Evidence

/// What resolving one participant's key came to.
package enum KeyOutcome: Sendable {
    case key(EffectiveKey)
    /// Nothing that it reads is given to it, and there is no default.
    case missing(names: [String])
    /// The files do not tell: something that is not in the tree may give it.
    case undetermined(String)
    /// It works with public keys, so it holds no secret.
    case asymmetric
    /// What Lockstep's own loader says at start, by its code.
    case refused(code: String, message: String)

    package var key: EffectiveKey? { if case .key(let key) = self { key } else { nil } }
}

/// One key of a participant, with what it does with it.
package struct KeyUse: Sendable {
    let family: KeyFamily
    package let outcome: KeyOutcome
    /// Nil where nobody says.
    package let signs: Bool?
    package let verifies: Bool?
    let algorithms: [String]
    let issuer: String?
    let audience: String?
    /// Where the code uses or reads it; nil where no code is known.
    package let codePosition: SourcePosition?
    /// The variables that it is read from, in order.
    package let names: [String]
}
