import Evidence

/// `LS110`: who signs and who verifies differ in algorithm, issuer or audience.
enum PolicyRule: Rule {
    static let id = RuleID.policyDiffers

    static func findings(in proof: Proof) -> [Finding] {
        proof.stacks.flatMap { stack in
            stack.families.flatMap { family in
                signersAndVerifiers(stack, family).flatMap { findings(stack, family, $0, $1) }
            }
        }
    }

    private static func signersAndVerifiers(
        _ stack: ProvenStack, _ family: KeyFamily
    ) -> [(Participant, Participant)] {
        let all = stack.participants.filter { $0.use(family) != nil && !$0.isForeign }
        guard let signer = all.first(where: { $0.use(family)?.signs == true }) ?? all.first(where: \.isOwn) else {
            return []
        }
        return all.filter { $0.name != signer.name && $0.use(family)?.verifies != false }.map { (signer, $0) }
    }

    private static func findings(
        _ stack: ProvenStack, _ family: KeyFamily, _ signer: Participant, _ verifier: Participant
    ) -> [Finding] {
        guard let signs = signer.use(family), let verifies = verifier.use(family) else { return [] }
        var findings: [Finding] = []
        if !signs.algorithms.isEmpty, !verifies.algorithms.isEmpty, verifies.algorithms != ["none"],
            Set(signs.algorithms).isDisjoint(with: verifies.algorithms)
        {
            findings.append(
                finding(
                    stack, signer, verifier, signs, verifies, "algorithm",
                    signs.algorithms.joined(separator: ", "), verifies.algorithms.joined(separator: ", "),
                    variables: ["JWT_ALGORITHM", "ALGORITHM"]))
        }
        if let mine = signs.issuer, let theirs = verifies.issuer, mine != theirs {
            findings.append(
                finding(stack, signer, verifier, signs, verifies, "issuer", mine, theirs, variables: ["JWT_ISSUER"]))
        }
        let mine = signs.audience ?? policy("JWT_AUDIENCE", signer)
        let theirs = verifies.audience ?? policy("JWT_AUDIENCE", verifier)
        if let mine, let theirs, mine != theirs {
            findings.append(
                finding(stack, signer, verifier, signs, verifies, "audience", mine, theirs, variables: ["JWT_AUDIENCE"])
            )
        }
        return findings
    }

    private static func policy(_ name: String, _ participant: Participant) -> String? {
        if let text = participant.workload[name]?.value.literal, !text.isEmpty { return text }
        return participant.isOwn && participant.workload[name] == nil ? "lockstep" : nil
    }

    private static func finding(
        _ stack: ProvenStack, _ signer: Participant, _ verifier: Participant, _ signs: KeyUse, _ verifies: KeyUse,
        _ what: String, _ mine: String, _ theirs: String, variables: [String]
    ) -> Finding {
        func position(_ participant: Participant, _ use: KeyUse) -> SourcePosition {
            variables.lazy.compactMap { participant.workload[$0]?.position }.first ?? use.codePosition
                ?? participant.workload.position
        }
        return stack.finding(
            id, .error,
            """
            every token that \(signer.name) issues is refused by \(verifier.name) with 401 in \(stack.label): it signs \
            with \(what) \(mine), and \(verifier.name) accepts \(theirs)
            """, [signer.name, verifier.name], at: [position(verifier, verifies), position(signer, signs)])
    }
}
