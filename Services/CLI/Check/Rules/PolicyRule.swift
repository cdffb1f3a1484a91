import Evidence

/// `LS110`: who signs and who verifies differ in algorithm, issuer or audience.
enum PolicyRule: Rule {
    static let id = RuleID.policyDiffers

    static func findings(in proof: Proof) -> [Finding] {
        proof.stacks.flatMap { stack in
            stack.families.flatMap { family in
                signersAndVerifiers(stack, family).flatMap { findings(stack, family, $0, $1) }
            } + TrustedIssuers.findings(in: stack)
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
        // Who checks by public keys checks somebody else's tokens, where the signer has none.
        if case .asymmetric = verifies.outcome {
            guard case .asymmetric = signs.outcome else { return [] }
        }
        var findings: [Finding] = []
        let (mineBy, theirsBy) = (algorithms(signs, signer), algorithms(verifies, verifier))
        if !mineBy.texts.isEmpty, !theirsBy.texts.isEmpty, theirsBy.texts != ["none"],
            Set(mineBy.texts).isDisjoint(with: theirsBy.texts)
        {
            findings.append(
                finding(
                    stack, signer, verifier, signs, verifies, "algorithm",
                    mineBy.texts.joined(separator: ", "), theirsBy.texts.joined(separator: ", "),
                    variables: ["JWT_ALGORITHM", "ALGORITHM"], isSure: mineBy.isSure && theirsBy.isSure))
        }
        // A second issuer has a name of its own, and rightly so.
        let names = [signs.issuer, verifies.issuer]
        let issuers = (names[0] ?? issuer(signer), names[1] ?? (verifies.signs == true ? nil : issuer(verifier)))
        if let mine = issuers.0, let theirs = issuers.1, mine != theirs {
            findings.append(
                finding(
                    stack, signer, verifier, signs, verifies, "issuer", mine, theirs, variables: ["JWT_ISSUER"],
                    isSure: !names.contains(nil)))
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

    /// As the code names them; where it takes them from its settings, as the manifest sets them, and then its code may
    /// read another name.
    private static func algorithms(_ use: KeyUse, _ participant: Participant) -> (texts: [String], isSure: Bool) {
        if !use.algorithms.isEmpty || participant.component == nil { return (use.algorithms, true) }
        return (ParticipantFinder.algorithms(of: participant.workload), false)
    }

    /// What a manifest says of a program that is not Lockstep's: those have `JWT_TRUSTED_ISSUERS`.
    private static func issuer(_ participant: Participant) -> String? {
        participant.isOwn ? nil : policy("JWT_ISSUER", participant)
    }

    private static func policy(_ name: String, _ participant: Participant) -> String? {
        if let text = participant.workload[name]?.value.literal, !text.isEmpty { return text }
        return participant.isOwn && participant.workload[name] == nil ? "lockstep" : nil
    }

    private static func finding(
        _ stack: ProvenStack, _ signer: Participant, _ verifier: Participant, _ signs: KeyUse, _ verifies: KeyUse,
        _ what: String, _ mine: String, _ theirs: String, variables: [String], isSure: Bool = true
    ) -> Finding {
        // The call states the policy, wherever its key comes from.
        func position(_ participant: Participant, _ use: KeyUse, _ action: TokenUse.Action) -> SourcePosition {
            variables.lazy.compactMap { participant.workload[$0] }.map { $0.valuePosition ?? $0.position }.first
                ?? use.calls(action).first?.position ?? use.codePosition
                ?? participant.workload.position
        }
        return stack.finding(
            id, isSure && stack.stack.target != .sources ? .error : .warning,
            """
            every token that \(signer.name) issues is refused by \(verifier.name) with 401 in \(stack.label): it signs \
            with \(what) \(mine), and \(verifier.name) accepts \(theirs)
            """, [signer.name, verifier.name],
            at: [position(verifier, verifies, .verify), position(signer, signs, .sign)])
    }
}
