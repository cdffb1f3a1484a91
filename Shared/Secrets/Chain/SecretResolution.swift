/// What the chain came to: one winner, and the keys it gives.
package struct SecretResolution: Sendable {
    /// The winner as log lines name it.
    package let source: String
    /// The chain's name that won; nil for the development fallback.
    package let name: String?
    /// The candidate that won; nil for the development fallback.
    package let winner: SecretCandidate?
    /// Empty where the winner is a manifest's reference.
    package let keys: [RingKey]
    /// The managed secret that won, where a manifest was resolved.
    package let reference: String?
    package let warnings: [SecretWarning]
    package let sources: [SecretDiagnostics.Source]

    /// The chain over what was read: precedence, conflicts and all rules of DESIGN §4, as a pure function.
    ///
    /// - Parameters:
    ///   - readings: by candidate id; for a variable none is needed.
    ///   - algorithm: of a raw secret.
    /// - Throws: the first fault in the order of the chain.
    package static func resolve(
        _ plan: SecretPlan, readings: [String: SourceReading], algorithm: KeyAlgorithm
    ) throws(SecretError) -> SecretResolution {
        var report = SecretReport()
        return try resolve(plan, readings: readings, algorithm: algorithm, report: &report)
    }

    /// As above; `report` holds what was seen also when it throws.
    static func resolve(
        _ plan: SecretPlan, readings: [String: SourceReading], algorithm: KeyAlgorithm, report: inout SecretReport
    ) throws(SecretError) -> SecretResolution {
        report.warnings += plan.warnings
        var findings = SecretFindings(plan: plan, readings: readings, algorithm: algorithm)
        try findings.gather(&report)
        guard let winner = findings.held.first else {
            return try fallback(plan, algorithm: algorithm, report: &report)
        }
        let keys = try findings.winningKeys(winner, &report)
        let companions = Companions(plan: plan, readings: readings, algorithm: algorithm)
        let named = try companions.beside(winner, keys, &report)
        let ring = StagedKeys(environment: plan.environment, algorithm: algorithm).beside(winner, named, &report)
        let rules = ConflictRules(environment: plan.environment, algorithm: algorithm)
        try rules.check(findings.held, winner: winner, ring: ring, &report)
        if let reason = findings.storeFailure {
            report.warn(
                "store_unconfirmed",
                "\(SecretNames.store) could not be asked (\(reason)): \(winner.candidate.label) serves, unconfirmed")
        }
        if winner.candidate.name == SecretNames.legacy {
            report.warn("legacy_name", "Using legacy SECRET_KEY environment variable")
        }
        var reference: String?
        if case .reference(let identity) = winner.value { reference = identity }
        return SecretResolution(
            source: winner.candidate.label, name: winner.candidate.name, winner: winner.candidate, keys: ring,
            reference: reference,
            warnings: report.warnings, sources: report.sources)
    }

    private static func fallback(
        _ plan: SecretPlan, algorithm: KeyAlgorithm, report: inout SecretReport
    ) throws(SecretError) -> SecretResolution {
        // Who verifies with an issuer's public keys needs none of its own, and the fallback beside them would be a second
        // key that everybody knows.
        guard !plan.namesKeySet else {
            Companions.warnOfStrays(plan, besides: nil, &report)
            return SecretResolution(
                source: "no source of its own", name: nil, winner: nil, keys: [], reference: nil,
                warnings: report.warnings,
                sources: report.sources)
        }
        guard plan.environment.allowsDevelopmentFallback else {
            report.rejected(DevelopmentFallback.label, reason: "only development and test may use it")
            throw SecretError(
                code: "secret_required",
                message: """
                    JWT secret is REQUIRED in \(plan.environment.rawValue) environment: none of \
                    \(plan.steps.map(\.name).joined(separator: ", ")) holds one. Make one with `lockstep secret \
                    generate --bytes 48` and give the same value as \(SecretNames.primary), or as a file named by \
                    \(SecretNames.primary)_FILE, to every service that issues or verifies tokens.
                    """)
        }
        guard algorithm.isSymmetric else {
            throw SecretError(
                code: "algorithm_unfit",
                message: """
                    No key is set, and JWT_ALGORITHM is \(algorithm.rawValue), for which there is no development fallback: \
                    give a JWK Set, as `lockstep secret generate --algorithm \(algorithm.rawValue)` makes one.
                    """)
        }
        report.warn(
            "development_fallback",
            "No JWT secret is set: using \(DevelopmentFallback.label), which everybody knows")
        let key = RingKey(
            id: .derived(from: DevelopmentFallback.secret), algorithm: algorithm, secret: DevelopmentFallback.secret,
            state: .current)
        report.present(DevelopmentFallback.label, bytes: DevelopmentFallback.secret.count)
        report.amend(DevelopmentFallback.label) { $0.kid = key.id.rawValue }
        Companions.warnOfStrays(plan, besides: nil, &report)
        return SecretResolution(
            source: DevelopmentFallback.label, name: nil, winner: nil, keys: [key], reference: nil,
            warnings: report.warnings, sources: report.sources)
    }
}
