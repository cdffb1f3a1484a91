/// The next and the previous key beside a raw winner: `<NAME>_NEXT`, `<NAME>_PREVIOUS`, each also with `_FILE`.
struct Companions {
    let plan: SecretPlan
    let readings: [String: SourceReading]
    let algorithm: KeyAlgorithm

    /// The winner's keys with those of its companions.
    /// - Throws: what their values deserve, `secret_conflict` for a name and its `_FILE` that differ, and, in staging
    ///   and production, for companions beside a ring: one of the two would be silently ignored.
    func beside(
        _ winner: SecretFindings.Held, _ keys: [RingKey], _ report: inout SecretReport
    ) throws(SecretError) -> [RingKey] {
        Self.warnOfStrays(plan, besides: winner.candidate.name, &report)
        guard case .bytes(let bytes) = winner.value else { return keys }
        var ring = keys
        var taken: [KeyState: SecretFindings.Held] = [:]
        for companion in plan.companions where companion.beside == winner.candidate.name {
            guard let value = try value(of: companion, &report) else { continue }
            if SecretValue.isRing(bytes) {
                try refuse(companion, beside: winner, &report)
                continue
            }
            let held = SecretFindings.Held(candidate: companion.candidate, value: .bytes(value))
            if let twin = taken[companion.state] {
                guard twin.value == held.value else {
                    throw ConflictRules(environment: plan.environment, algorithm: algorithm).error(twin, held)
                }
                continue
            }
            taken[companion.state] = held
            let key = try key(companion, value, &report)
            if let same = ring.first(where: { $0.material == key.material }) {
                report.warn(
                    "companion_duplicate",
                    "\(companion.candidate.label) holds the same key as the \(same.state.rawValue) one: it adds nothing"
                )
                continue
            }
            ring.append(key)
            report.amend(companion.candidate.id) { $0.kid = key.publishedID }
        }
        return ring
    }

    /// Companions of a name that did not win do nothing, which an operator should not have to guess.
    static func warnOfStrays(_ plan: SecretPlan, besides name: String?, _ report: inout SecretReport) {
        for companion in plan.companions where companion.beside != name {
            report.rejected(companion.candidate.id, reason: "\(companion.beside) is not what serves")
            report.warn(
                "companion_ignored",
                "\(companion.candidate.id) is ignored: it stands beside \(companion.beside), which is not what serves")
        }
    }

    private func value(
        of companion: SecretPlan.Companion, _ report: inout SecretReport
    ) throws(SecretError) -> SecretBytes? {
        let candidate = companion.candidate
        switch SecretFindings.look(candidate, readings, &report) {
        case .value(.bytes(let bytes)):
            report.present(candidate.id, bytes: bytes.count)
            return bytes
        case .value(.reference): report.present(candidate.id, bytes: nil)
        case .empty: report.absent(candidate.id, reason: "empty")
        case .notAsked: report.absent(candidate.id)
        case .failed(let reason):
            report.rejected(candidate.id, reason: reason)
            throw SecretFindings.unreadable(candidate, reason)
        }
        return nil
    }

    private func key(
        _ companion: SecretPlan.Companion, _ value: SecretBytes, _ report: inout SecretReport
    ) throws(SecretError) -> RingKey {
        let label = companion.candidate.label
        do throws(SecretError) {
            guard !SecretValue.isRing(value) else {
                throw SecretError(
                    code: "secret_malformed",
                    message: "\(label) holds a JWK Set or begins like one; beside a raw secret only raw keys may stand."
                )
            }
            return try SecretValue.rawKey(
                value, state: companion.state, algorithm: algorithm, environment: plan.environment, label: label)
        } catch {
            report.amend(companion.candidate.id) {
                ($0.status, $0.reason) = ("rejected", "\(error.code): \(error.message)")
            }
            throw error
        }
    }

    private func refuse(
        _ companion: SecretPlan.Companion, beside winner: SecretFindings.Held, _ report: inout SecretReport
    ) throws(SecretError) {
        let message = """
            \(companion.candidate.label) stands beside \(winner.candidate.label), which is a ring and holds its next and \
            previous keys itself. Put the key into the ring, or remove \(companion.candidate.id).
            """
        report.amend(companion.candidate.id) { ($0.status, $0.reason) = ("rejected", "beside a ring") }
        guard plan.environment.allowsDevelopmentFallback else {
            throw SecretError(code: "secret_conflict", message: message)
        }
        report.warn("companion_ignored", message)
    }
}
