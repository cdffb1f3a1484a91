import Evidence

/// Two participants of one stack whose keys must be one, and how sure that is.
struct Pairing {
    enum Link: Int, Comparable {
        /// Both are given a secret of one family; nothing shows that they share tokens.
        case possible
        /// Programs of one's own under one variable name, or one names the other.
        case likely
        /// One signs and the other verifies, by declaration or by code.
        case certain

        static func < (a: Link, b: Link) -> Bool { a.rawValue < b.rawValue }
    }

    let issuer: Participant
    let verifier: Participant
    let link: Link

    /// Ordered as messages name them: who signs first.
    static func of(_ a: Participant, _ b: Participant, _ family: KeyFamily) -> Pairing? {
        guard let one = a.use(family), let other = b.use(family) else { return nil }
        // Two that only verify need not hold one key: each has its own issuer.
        if one.signs == false, other.signs == false { return nil }
        if let shares = share(a.workload, b.workload) {
            guard shares else { return nil }
            let isReversed = a.workload.issues?.isEmpty != false
            return Pairing(issuer: isReversed ? b : a, verifier: isReversed ? a : b, link: .certain)
        }
        let isReversed = one.signs != true && other.signs == true || one.signs == false && other.signs == nil
        let (issuer, verifier) = isReversed ? (b, a) : (a, b)
        return Pairing(issuer: issuer, verifier: verifier, link: link(issuer, verifier, family))
    }

    /// By declaration: whether one accepts what the other issues; nil where one of them declares nothing.
    private static func share(_ a: Workload, _ b: Workload) -> Bool? {
        guard a.issues != nil || a.verifies != nil, b.issues != nil || b.verifies != nil else { return nil }
        return !Set(a.issues ?? []).isDisjoint(with: b.verifies ?? [])
            || !Set(b.issues ?? []).isDisjoint(with: a.verifies ?? [])
    }

    private static func link(_ issuer: Participant, _ verifier: Participant, _ family: KeyFamily) -> Link {
        let signs = issuer.use(family)?.signs
        let verifies = verifier.use(family)?.verifies
        if issuer.isOwn, verifier.isOwn { return .certain }
        if issuer.isForeign || verifier.isForeign {
            return knows(issuer, verifier) ? .likely : .possible
        }
        if signs == true, verifies == true { return .certain }
        if knows(issuer, verifier) { return .likely }
        // The same code works for both.
        if let library = issuer.component?.shared.first?.library,
            verifier.component?.shared.contains(where: { $0.library == library }) ?? false
        {
            return .likely
        }
        if KnownImages.needsIssuer(verifier.workload) { return .likely }
        let names = [issuer, verifier].map { $0.use(family)?.names.first ?? "" }
        return names[0] == names[1] ? .likely : .possible
    }

    private static func knows(_ a: Participant, _ b: Participant) -> Bool {
        a.workload.neighbours.contains(b.name) || b.workload.neighbours.contains(a.name)
    }
}

extension ProvenStack {
    func finding(
        _ rule: RuleID, _ severity: Severity, _ message: String, _ services: [String], at positions: [SourcePosition?],
        fix: Fix? = nil
    ) -> Finding {
        Finding(
            rule, severity, message, environment: environment?.label, stack: stack.name, services: services,
            at: positions.compactMap(\.self), fix: fix)
    }
}
