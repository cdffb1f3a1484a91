package import Evidence

/// What resolving one participant's key came to.
package enum KeyOutcome: Sendable {
    case key(EffectiveKey)
    /// Nothing that it reads is given to it, and there is no default.
    case missing(names: [String])
    /// Nothing that it reads is given to it; a setting of that name may stand in a file or server that is not here.
    case open(names: [String], setting: String)
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
    /// The calls of its code that use it; empty where no code is known.
    var calls: [TokenUse] = []

    /// What signs, or verifies, by the code where that says it.
    func calls(_ action: TokenUse.Action) -> [TokenUse] { calls.filter { $0.action == action } }

    /// The same key under another family.
    func moved(to family: KeyFamily) -> KeyUse {
        KeyUse(
            family: family, outcome: outcome, signs: signs, verifies: verifies, algorithms: algorithms, issuer: issuer,
            audience: audience, codePosition: codePosition, names: names, calls: calls)
    }

    /// The same use with a key that the files do not tell.
    func left(open reason: String) -> KeyUse {
        KeyUse(
            family: family, outcome: .undetermined(reason), signs: signs, verifies: verifies, algorithms: algorithms,
            issuer: issuer, audience: audience, codePosition: codePosition, names: names)
    }

    /// Both as one, where they are the same key by the same names; nil where they are two.
    func merged(with other: KeyUse) -> KeyUse? {
        guard family == other.family, names == other.names, outcome.isSame(as: other.outcome) else { return nil }
        return KeyUse(
            family: family, outcome: outcome, signs: Self.either(signs, other.signs),
            verifies: Self.either(verifies, other.verifies),
            algorithms: Array(Set(algorithms + other.algorithms)).sorted(), issuer: issuer ?? other.issuer,
            audience: audience ?? other.audience, codePosition: codePosition ?? other.codePosition, names: names,
            calls: calls + other.calls)
    }

    private static func either(_ a: Bool?, _ b: Bool?) -> Bool? {
        guard let a, let b else { return a ?? b }
        return a || b
    }
}

extension KeyOutcome {
    /// Whether one finding says all of both.
    func isSame(as other: KeyOutcome) -> Bool {
        switch (self, other) {
        case (.key(let a), .key(let b)): a.value == b.value && a.name == b.name && a.position == b.position
        case (.missing(let a), .missing(let b)): a == b
        case (.open(let a, _), .open(let b, _)): a == b
        default: false
        }
    }
}
