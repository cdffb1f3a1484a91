import Evidence

/// Whom Lockstep's verifiers trust, and under which names its issuers sign: `JWT_TRUSTED_ISSUERS` against `JWT_ISSUER`
/// (DESIGN §4), each with the defaults that the services have.
enum TrustedIssuers {
    /// The names that a verifier trusts, with where they are set; nil where the files do not tell, or for a default.
    private static func trusted(by workload: Workload) -> (names: Set<String>, at: SourcePosition)? {
        if let list = workload["JWT_TRUSTED_ISSUERS"] {
            guard let text = list.value.literal, !text.isEmpty else { return nil }
            let names = text.split(separator: ",").compactMap { entry in
                entry.split(separator: "=").first.map { $0.filter { !$0.isWhitespace } }
            }
            return (Set(names), list.valuePosition ?? list.position)
        }
        guard let one = workload["JWT_ISSUER"], let text = one.value.literal, !text.isEmpty else { return nil }
        return ([text], one.valuePosition ?? one.position)
    }

    private static let defaults: Set<String> = ["lockstep-platform", "lockstep-customer"]

    private static func name(of issuer: Workload) -> String? {
        if let own = issuer["JWT_ISSUER"] { return own.value.literal.flatMap { $0.isEmpty ? nil : $0 } }
        guard let kind = issuer["PORTAL_KIND"] else { return "lockstep-platform" }
        return kind.value.literal.map { $0 == "customer" ? "lockstep-customer" : "lockstep-platform" }
    }

    /// Every issuer that a verifier of the same stack does not trust.
    static func findings(in stack: ProvenStack) -> [Finding] {
        let own = stack.participants.filter(\.isOwn).map(\.workload)
        let issuers = own.filter(isPortal)
        return own.filter { !isPortal($0) }.flatMap { verifier -> [Finding] in
            let known = trusted(by: verifier)
            // Without either it takes the defaults; what is filled in elsewhere is not known.
            if known == nil, ["JWT_TRUSTED_ISSUERS", "JWT_ISSUER"].contains(where: { verifier[$0] != nil }) {
                return []
            }
            let names = known?.names ?? defaults
            let trusts = issuers.contains { name(of: $0).map(names.contains) ?? true }
            return issuers.compactMap { issuer -> Finding? in
                guard let name = name(of: issuer), !names.contains(name), isMeant(issuer, for: verifier) else {
                    return nil
                }
                let isDeclared = issuer.issues != nil && verifier.verifies != nil
                return stack.finding(
                    .policyDiffers, isDeclared || !trusts ? .error : .warning,
                    """
                    every token that \(issuer.name) issues is refused by \(verifier.name) with 401 in \(stack.label): it \
                    signs as \(name), and \(verifier.name) trusts \(names.sorted().joined(separator: ", "))
                    """, [issuer.name, verifier.name],
                    at: [
                        known?.at ?? verifier.position,
                        issuer["JWT_ISSUER"].map { $0.valuePosition ?? $0.position } ?? issuer.position,
                    ])
            }
        }
    }

    private static func isPortal(_ workload: Workload) -> Bool {
        if let executable = workload.executable { return executable == "portal" }
        return workload.image?.split(separator: "/").last?.split(separator: ":").first == "portal"
    }

    /// By the declaration, where there is one.
    private static func isMeant(_ issuer: Workload, for verifier: Workload) -> Bool {
        guard let issues = issuer.issues, let verifies = verifier.verifies else { return true }
        return !Set(issues).isDisjoint(with: verifies)
    }
}
