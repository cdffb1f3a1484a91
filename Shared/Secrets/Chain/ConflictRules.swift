/// Two sources that differ are an error, not a precedence (DESIGN §4): every service that sees another subset of them
/// would hold another key.
struct ConflictRules {
    let environment: DeploymentEnvironment
    let algorithm: KeyAlgorithm

    /// Names 2 to 4 with each other, and a named store with the winner.
    /// - Parameter ring: the winner's keys with its next and previous ones, which a store may hold in one value.
    /// - Throws: `secret_conflict` in staging and production; in development and test it warns.
    func check(
        _ held: [SecretFindings.Held], winner: SecretFindings.Held, ring: [RingKey], _ report: inout SecretReport
    ) throws(SecretError) {
        let shared = held.filter { SecretNames.shared.contains($0.candidate.name) }
        for other in shared.dropFirst() { try compare(shared[0], other, &report) }
        for other in held where other.candidate.name != winner.candidate.name {
            if case .namedStore = other.candidate.place { try compare(winner, other, ring: ring, &report) }
        }
        for other in held where other.candidate.id != winner.candidate.id {
            report.amend(other.candidate.id) { source in
                if source.reason == nil { source.reason = "\(winner.candidate.id) comes before it" }
                source.kid = publishedKid(other)
            }
        }
    }

    func error(_ one: SecretFindings.Held, _ other: SecretFindings.Held) -> SecretError {
        let names = Set([one.candidate.name, other.candidate.name])
        var mend = "Give both the same value, or remove one."
        if names.contains(SecretNames.legacy) {
            mend +=
                " Where SECRET_KEY has another purpose on this host, set JWT_SECRET_ALIASES=JWT_SECRET,JWT_SECRET_KEY."
        }
        return SecretError(
            code: "secret_conflict",
            message: "\(described(one)) and \(described(other)) hold different keys. \(mend)")
    }

    private func compare(
        _ one: SecretFindings.Held, _ other: SecretFindings.Held, ring: [RingKey]? = nil, _ report: inout SecretReport
    ) throws(SecretError) {
        guard one.value != other.value || other.stored != nil else { return }
        guard case .bytes(let mine) = one.value, case .bytes(let others) = other.value else {
            report.warn(
                "not_comparable",
                "\(one.candidate.label) and \(other.candidate.label) come from different places: equal only by luck")
            return
        }
        // The same bytes raw and as a lone JWK are the same key.
        let effects = [ring, keys(mine)].compactMap { $0.map { Set($0.map(Effect.init)) } }
        if let others = keys(others) {
            let staged = StagedKeys(environment: .development, algorithm: algorithm)
            var unused = SecretReport()
            let all = staged.beside(other, others, &unused)
            if effects.contains(Set(all.map(Effect.init))) { return }
            // AWS keeps the value before the present one by itself, and hands a task the present one alone: they agree
            // on what signs, and tokens of the one before are the price of a variable.
            let signing = all.filter { key in key.state != .previous || others.contains(key) }
            if all.count > signing.count, effects.contains(Set(signing.map(Effect.init))) {
                report.warn(
                    "staged_ignored",
                    """
                    \(other.candidate.label) keeps a previous key too, which \(one.candidate.label) does not give: tokens \
                    signed with it are refused here
                    """)
                return
            }
        }
        let conflict = error(one, other)
        report.amend(other.candidate.id) { $0.reason = "differs from \(one.candidate.id)" }
        guard environment.allowsDevelopmentFallback else { throw conflict }
        report.warn("sources_differ", conflict.message)
    }

    private func described(_ held: SecretFindings.Held) -> String {
        "\(held.candidate.label) (\(publishedKid(held).map { "kid \($0)" } ?? "no kid: it fails the rules for a key"))"
    }

    /// Nil for a value that is no key, or a weak one.
    private func publishedKid(_ held: SecretFindings.Held) -> String? {
        guard case .bytes(let bytes) = held.value,
            let current = keys(bytes)?.first(where: { $0.state == .current }),
            current.secret.map(KeyRules.isStrong) ?? true
        else { return nil }
        return current.id.rawValue
    }

    /// By the rules of development, since this only compares; nil for what is no key there either.
    private func keys(_ bytes: SecretBytes) -> [RingKey]? {
        try? SecretValue.keys(bytes, algorithm: algorithm, environment: .development, label: "")
    }

    /// What a key does, whatever it is called.
    private struct Effect: Hashable {
        let material: KeyMaterial
        let algorithm: KeyAlgorithm
        let state: KeyState
        let retireAt: Int64?

        init(_ key: RingKey) {
            (material, algorithm, state, retireAt) = (key.material, key.algorithm, key.state, key.retireAt)
        }
    }
}
