import Evidence

/// `LS102`: two services that share tokens, and resolve different secrets.
enum DifferentSecretsRule: Rule {
    static let id = RuleID.differentSecrets

    static func findings(in proof: Proof) -> [Finding] {
        // Of programs without a manifest nobody knows that they run together; `LS202` compares their texts.
        proof.stacks.filter { $0.stack.target != .sources }.flatMap { stack in
            stack.families.flatMap { findings(in: stack, $0) } + passedOn(in: stack)
        }
    }

    private struct Holder {
        let participant: Participant
        let key: EffectiveKey
        /// How many of the stack hold the same value.
        let agreeing: Int
        /// Earlier is likelier to be right: who signs, then the order of the files.
        let rank: Int
    }

    /// Each that differs from one with whom it shares tokens is reported once, as the odd one: with fewer on its side, or
    /// as the verifier.
    private static func findings(in stack: ProvenStack, _ family: KeyFamily) -> [Finding] {
        let holders = holders(in: stack, family)
        // One for each value stands for all that hold it, but for who is linked with whom.
        let byValue = Dictionary(grouping: holders) { $0.key.value }
        guard byValue.count > 1 else { return [] }
        return holders.compactMap { odd in
            let others = byValue.filter { $0.key != odd.key.value }.compactMap { _, holders in
                nearest(to: odd, among: holders, family)
            }.sorted { ($1.agreeing, $0.rank) < ($0.agreeing, $1.rank) }
            for other in others where (odd.agreeing, other.rank) < (other.agreeing, odd.rank) {
                guard let pairing = Pairing.of(other.participant, odd.participant, family) else { continue }
                let relation = KeyRelation.of(other.key, odd.key)
                guard let severity = severity(relation, pairing, other.key, odd.key) else { continue }
                return finding(stack, pairing, family, severity, relation, odd: odd.participant.name)
            }
            return nil
        }
    }

    /// Holders of one value that are looked at for the one that has most to do with another.
    private static let pairingLimit = 64

    /// Of those who hold one value the one whose link with `odd` is the surest: it says most of what breaks.
    private static func nearest(to odd: Holder, among holders: [Holder], _ family: KeyFamily) -> Holder? {
        var best: (holder: Holder, link: Pairing.Link)?
        let known = Set(odd.participant.workload.neighbours)
        let sorted = holders.sorted { $0.rank < $1.rank }
        let candidates =
            sorted.prefix(pairingLimit)
            + sorted.dropFirst(pairingLimit).filter {
                known.contains($0.participant.name)
            }
        for holder in candidates {
            guard let pairing = Pairing.of(holder.participant, odd.participant, family) else { continue }
            if pairing.link == .certain { return holder }
            if best.map({ $0.link < pairing.link }) ?? true { best = (holder, pairing.link) }
        }
        return best?.holder
    }

    private static func holders(in stack: ProvenStack, _ family: KeyFamily) -> [Holder] {
        let found = stack.participants.compactMap { participant in
            participant.use(family)?.outcome.key.map { (participant, $0) }
        }
        var counts: [BoundValue: Int] = [:]
        for (_, key) in found { counts[key.value, default: 0] += 1 }
        return found.enumerated().map { index, holder in
            let signs = holder.0.use(family)?.signs == true
            return Holder(
                participant: holder.0, key: holder.1, agreeing: counts[holder.1.value] ?? 1,
                rank: signs ? index : index + found.count)
        }
    }

    private static func severity(
        _ relation: KeyRelation, _ pairing: Pairing, _ one: EffectiveKey, _ other: EffectiveKey
    ) -> Severity? {
        switch (relation, pairing.link) {
        case (.same, _), (.unknown, _): return nil
        case (.different, .possible): return .note
        case (.different, _): return .error
        case (.differentDefaults, .possible): return .warning
        case (.differentDefaults, _): return .error
        case (.floating, .possible): return nil
        case (.floating, _): return .warning
        case (.differentPlaces, .possible): return nil
        case (.differentPlaces, .likely): return .warning
        // Two secrets of a store are two secrets; two variables of a host may be set alike.
        case (.differentPlaces, .certain):
            if one.isDefault || other.isDefault { return .error }
            return [one, other].contains { isOfHost($0.value.reference?.store) } ? .warning : .error
        }
    }

    /// Whether somebody sets it by hand, and may set two alike.
    private static func isOfHost(_ store: SecretReference.Store?) -> Bool {
        switch store {
        case .variable, .github, .gitlab: true
        default: false
        }
    }

    private static func finding(
        _ stack: ProvenStack, _ pairing: Pairing, _ family: KeyFamily, _ severity: Severity, _ relation: KeyRelation,
        odd: String
    ) -> Finding? {
        let (issuer, verifier) = (pairing.issuer, pairing.verifier)
        guard let signed = issuer.use(family), let verified = verifier.use(family), let mine = signed.outcome.key,
            let theirs = verified.outcome.key
        else { return nil }
        let failure =
            signed.signs == true
            ? "every token that \(issuer.name) issues is refused by \(verifier.name) with 401"
            : "a token that one of \(issuer.name) and \(verifier.name) accepts is refused by the other with 401"
        let when =
            switch relation {
            case .differentPlaces where mine.isDefault || theirs.isDefault: "unless the secret is that very default, "
            case .differentPlaces: "unless somebody keeps two places equal, "
            case .differentDefaults: "while \(mine.value.reference?.name ?? "the variable") is not set, "
            case .floating: "as soon as the secret gets a new version, "
            case .same, .different, .unknown: ""
            }
        return stack.finding(
            id, severity,
            """
            \(when)\(failure) in \(stack.label): \(described(issuer, mine)), \(described(verifier, theirs))
            """, [issuer.name, verifier.name],
            at: odd == issuer.name ? places(of: mine, besides: theirs) : places(of: theirs, besides: mine))
    }

    /// The binding of the odd one, but where both share it (an anchor, one `NAME_FILE` for all): then what it leads to.
    private static func places(of odd: EffectiveKey, besides other: EffectiveKey) -> [SourcePosition?] {
        let bindings = [odd.mendPosition, other.mendPosition]
        let values = [odd.valuePosition, other.valuePosition]
        return odd.mendPosition == other.mendPosition ? values + bindings : bindings + values
    }

    private static func described(_ participant: Participant, _ key: EffectiveKey) -> String {
        let place = key.position.map { " at \($0)" } ?? ""
        switch key.way {
        case .variable: return "\(participant.name) has \(key.name) from \(key.value.shown)\(place)"
        case .codeDefault: return "\(participant.name) falls back to a default in its code\(place)"
        case .computed: return "\(participant.name) makes its own in code\(place)"
        case .developmentFallback: return "\(participant.name) has none and uses the development fallback"
        }
    }

    // MARK: names that are passed on

    /// A name of the chain that the host passes on to some of Lockstep's services and not to the others: set there one
    /// day, it wins in some of them alone.
    private static func passedOn(in stack: ProvenStack) -> [Finding] {
        let own = stack.participants.filter(\.isOwn)
        guard own.count > 1 else { return [] }
        return OwnChain.names.compactMap { name in
            let takers = own.filter { $0.workload[name] != nil }
            let others = own.filter { $0.workload[name] == nil && $0.workload.gaps.isEmpty }
            guard let taker = takers.first, let other = others.first,
                takers.contains(where: { $0.workload[name].map(WorkloadResolver.isPassedOn) ?? false })
            else { return nil }
            return stack.finding(
                id, .error,
                """
                once \(name) is set on the host, \(taker.name) takes it and \(other.name) does not, and tokens of one \
                are refused by the other with 401 in \(stack.label)
                """, [taker.name, other.name], at: [other.workload.position, taker.workload[name]?.position])
        }
    }
}
