/// The values that the steps of a plan hold, one for each name, in order.
struct SecretFindings {
    enum Value: Hashable {
        case bytes(SecretBytes)
        case reference(String)
    }

    struct Held {
        let candidate: SecretCandidate
        let value: Value
        /// As the store holds it, where it keeps a next or a previous value beside this one.
        var stored: StoredSecret?
    }

    let plan: SecretPlan
    let readings: [String: SourceReading]
    let algorithm: KeyAlgorithm
    private(set) var held: [Held] = []
    /// Why a named store could not be asked, while something else serves.
    private(set) var storeFailure: String?

    init(plan: SecretPlan, readings: [String: SourceReading], algorithm: KeyAlgorithm) {
        self.plan = plan
        self.readings = readings
        self.algorithm = algorithm
    }

    /// - Throws: `file_unreadable`, `store_unreachable`, `secret_conflict` for a name and its `_FILE` that differ. All
    ///   steps are reported before it throws.
    mutating func gather(_ report: inout SecretReport) throws(SecretError) {
        var fault: SecretError?
        var impliedFailure: String?
        var outage: (candidate: SecretCandidate, reason: String)?
        for step in plan.steps {
            guard let candidate = step.candidate else {
                if let rejection = step.rejection {
                    report.rejected(step.name, reason: rejection)
                } else {
                    report.absent(step.name)
                }
                continue
            }
            switch Self.look(candidate, readings, &report) {
            case .value(let value):
                try keep(Held(candidate: candidate, value: value, stored: staged(candidate)), &report, &fault)
                if candidate.kind == .store { report.amend(candidate.id) { $0.revision = revision(candidate) } }
            case .empty: report.absent(step.name, reason: "empty")
            case .notAsked: report.absent(step.name, reason: "not asked: a name before it is set")
            case .failed(let reason):
                report.rejected(step.name, reason: reason)
                switch candidate.place {
                case .file, .variable: fault = fault ?? Self.unreadable(candidate, reason)
                case .namedStore: storeFailure = reason
                case .impliedStore:
                    impliedFailure = reason
                    report.misses.append((candidate.label, reason))
                    if held.isEmpty, outage == nil, isOutage(candidate) { outage = (candidate, reason) }
                }
            }
        }
        if let impliedFailure, held.isEmpty {
            report.warn(
                "stores_failed", "Could not load JWT secret from any GCP Secret Manager secret", reason: impliedFailure)
        }
        if let fault { throw fault }
        if let outage, let first = held.first, first.candidate.isImplied, !plan.environment.allowsDevelopmentFallback {
            throw SecretError(
                code: "store_unreachable",
                message: """
                    \(outage.candidate.label) could not be asked (\(outage.reason)), and comes before \
                    \(first.candidate.label), which holds a key: maybe not the one that the others hold. Mend the access, \
                    or name the one that is meant with \(SecretNames.store).
                    """)
        }
        if let storeFailure, held.isEmpty {
            throw SecretError(
                code: "store_unreachable",
                message: """
                    \(SecretNames.store) could not be asked (\(storeFailure)), and no variable holds a secret in its \
                    place. Mend the store or the access to it.
                    """)
        }
    }

    /// The winner's keys; a fault is noted with its source.
    func winningKeys(_ winner: Held, _ report: inout SecretReport) throws(SecretError) -> [RingKey] {
        guard case .bytes(let bytes) = winner.value else { return [] }
        do throws(SecretError) {
            let keys = try SecretValue.keys(
                bytes, algorithm: algorithm, environment: plan.environment, label: winner.candidate.label)
            report.amend(winner.candidate.id) { $0.kid = keys.first { $0.state == .current }?.publishedID }
            return keys
        } catch {
            report.amend(winner.candidate.id) {
                ($0.status, $0.reason) = ("rejected", "\(error.code): \(error.message)")
            }
            throw error
        }
    }

    private func staged(_ candidate: SecretCandidate) -> StoredSecret? {
        guard case .staged(let stored, _)? = readings[candidate.id] else { return nil }
        return stored
    }

    private func revision(_ candidate: SecretCandidate) -> String? {
        switch readings[candidate.id] {
        case .found(_, let revision)?, .staged(_, let revision)?: revision
        default: nil
        }
    }

    /// Whether a look failed that may find something the next time.
    private func isOutage(_ candidate: SecretCandidate) -> Bool {
        if case .unavailable? = readings[candidate.id] { true } else { false }
    }

    private mutating func keep(
        _ found: Held, _ report: inout SecretReport, _ fault: inout SecretError?
    ) throws(SecretError) {
        let size: Int? = if case .bytes(let bytes) = found.value { bytes.count } else { nil }
        report.present(found.candidate.id, bytes: size)
        guard let twin = held.first(where: { $0.candidate.name == found.candidate.name }) else {
            held.append(found)
            return
        }
        guard twin.value != found.value else {
            report.amend(found.candidate.id) { $0.reason = "the same as \(twin.candidate.id)" }
            return
        }
        let rules = ConflictRules(environment: plan.environment, algorithm: algorithm)
        report.amend(found.candidate.id) { $0.reason = "differs from \(twin.candidate.id)" }
        fault = fault ?? rules.error(twin, found)
    }

    enum Look {
        case value(Value)
        case empty
        case notAsked
        case failed(String)
    }

    /// What one candidate holds, trimmed; warns of what was trimmed.
    static func look(
        _ candidate: SecretCandidate, _ readings: [String: SourceReading], _ report: inout SecretReport
    ) -> Look {
        let reading: SourceReading?
        if case .variable(let binding) = candidate.place {
            reading =
                switch binding {
                case .literal(let bytes): .found(bytes, revision: "")
                case .reference(let identity): .reference(identity)
                }
        } else {
            reading = readings[candidate.id]
        }
        switch reading {
        case nil: return candidate.isImplied ? .notAsked : .failed("it was not read")
        case .reference(let identity): return .value(.reference(identity))
        case .absent(let reason), .denied(let reason), .unavailable(let reason): return .failed(reason)
        case .found(let bytes, _): return value(bytes, of: candidate, &report)
        case .staged(let stored, _): return value(stored.current, of: candidate, &report)
        }
    }

    private static func value(
        _ bytes: SecretBytes, of candidate: SecretCandidate, _ report: inout SecretReport
    ) -> Look {
        let trimmed = SecretValue.trimmed(bytes)
        if trimmed.isEmpty {
            report.warn("empty_value", "\(candidate.label) is empty: taken as absent")
            return .empty
        }
        if trimmed.hadTrailingNewline {
            report.warn(
                "trailing_newline", "\(candidate.label) ends with a newline, which is not taken into the key")
        }
        if SecretValue.hasOuterSpace(trimmed.bytes) {
            report.warn(
                "outer_space", "\(candidate.label) begins or ends with white space, which is taken into the key")
        }
        return .value(.bytes(trimmed.bytes))
    }

    static func unreadable(_ candidate: SecretCandidate, _ reason: String) -> SecretError {
        SecretError(
            code: "file_unreadable",
            message: """
                \(candidate.cautiousLabel) can't be used: \(reason). A name that points to a missing file is never passed over \
                for the next one: mount the file, or remove \(candidate.id).
                """)
    }
}
