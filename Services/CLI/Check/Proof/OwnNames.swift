/// Services that each name the shared secret after themselves: `IDENTITY_JWT_SECRET` signs, `ORDERS_JWT_SECRET` and
/// `BILLING_JWT_SECRET` verify what it signed.
enum OwnNames {
    /// The same participants, with such keys in the family of who signs: a token that is verified was signed by somebody,
    /// and where one alone signs, by that one.
    static func joined(_ participants: [Participant]) -> [Participant] {
        let signers = Set(participants.flatMap { $0.uses.filter { $0.signs == true }.map(\.family) })
            .filter { !$0.name.contains("REFRESH") }
        guard signers.count == 1, let signer = signers.first else { return participants }
        var holders: [KeyFamily: Int] = [:]
        for use in participants.flatMap(\.uses) { holders[use.family, default: 0] += 1 }
        return participants.map { participant in
            let uses = participant.uses.map { use in
                use.family != signer && use.signs == false && use.verifies == true && holders[use.family] == 1
                    && isOwn(use.family, of: participant.name) ? use.moved(to: signer) : use
            }
            return Participant(
                workload: participant.workload, component: participant.component, isOwn: participant.isOwn,
                reason: participant.reason, evidence: participant.evidence, uses: uses, isForeign: participant.isForeign
            )
        }
    }

    private static func isOwn(_ family: KeyFamily, of service: String) -> Bool {
        let name = ServiceName.short(service).uppercased().replacing("-", with: "_")
        return family.name.hasPrefix(name + "_") && !family.name.contains("REFRESH")
    }
}
