import Evidence

/// `LS108`: a secret's `latest` version in a variable: each instance holds what was latest when it started.
enum FloatingVersionRule: Rule {
    static let id = RuleID.floatingVersion

    static func findings(in proof: Proof) -> [Finding] {
        // One object that a controller fills is one place, whoever takes from it.
        var seen: Set<String> = []
        return proof.stacks.flatMap { stack in
            stack.participants.flatMap { participant in
                participant.uses.compactMap { use -> Finding? in
                    guard let key = use.outcome.key, let reference = key.value.reference, reference.version == "latest",
                        [.google, .azure, .aws].contains(reference.store)
                    else { return nil }
                    return stack.finding(
                        id, .warning,
                        """
                        \(key.name) of \(participant.name) in \(stack.label) is \(reference): `latest` is read when an \
                        instance starts, so after a new version old and new instances hold two keys, and each refuses \
                        the other's tokens with 401. Pin a version number
                        """, [participant.name], at: [key.valuePosition, key.position])
                }
            }
        }.filter { $0.locations.first.map { seen.insert($0.description).inserted } ?? true }
    }
}
