/// Reads what a plan points to: files and stores. Variables need no reading.
struct SecretReader: Sendable {
    let plan: SecretPlan
    private let sources: [String: any SecretSource]

    /// What a candidate is read through; nil for a variable.
    func source(of id: String) -> (any SecretSource)? { sources[id] }

    /// - Throws: `store_unsupported` where a store is named that this build has not.
    init(plan: SecretPlan, stores: SecretStores) throws(SecretError) {
        var sources: [String: any SecretSource] = [:]
        for candidate in plan.candidates {
            switch candidate.place {
            case .variable: continue
            case .file(let path): sources[candidate.id] = FileSource(path: path)
            case .impliedStore(let reference): sources[candidate.id] = stores.open(reference)
            case .namedStore(let reference):
                guard let source = stores.open(reference) else { throw Self.unsupported(reference) }
                sources[candidate.id] = source
            }
        }
        self.plan = plan
        self.sources = sources
    }

    /// Whether anything of this kind is here to look at while the service runs.
    func watches(_ kind: SourceKind) -> Bool {
        plan.candidates.contains { $0.kind == kind && sources[$0.id] != nil }
    }

    /// By candidate id. The names that `GCP_PROJECT_ID` stands for are asked only while nothing before them is set.
    /// - Parameters:
    ///   - kinds: what to look at.
    ///   - known: the last word of the others.
    func read(
        _ kinds: Set<SourceKind> = Set(SourceKind.allCases), known: [String: SourceReading] = [:]
    ) async -> [String: SourceReading] {
        var readings: [String: SourceReading] = [:]
        var isServed = plan.isServedByVariable
        for candidate in plan.candidates {
            guard let kind = candidate.kind, !(candidate.isImplied && isServed) else { continue }
            guard kinds.contains(kind) else {
                isServed = isServed || ReloadGate.holds(known[candidate.id])
                continue
            }
            guard let source = sources[candidate.id] else {
                readings[candidate.id] = .unavailable(reason: Self.noSuchStore)
                continue
            }
            let reading = await source.read()
            readings[candidate.id] = reading
            isServed = isServed || ReloadGate.holds(reading)
        }
        return readings
    }

    /// As `read`, but no file that is being written is taken: what was read counts once it was read twice alike.
    /// - Parameters:
    ///   - timing: its `settle` is the pause between two reads.
    ///   - attempts: reads at most.
    func settled(_ timing: SecretTiming, attempts: Int = 50) async throws(SecretError) -> [String: SourceReading] {
        guard watches(.file) else { return [:] }
        var last = await read([.file])
        for _ in 1..<attempts {
            try? await timing.pause(timing.settle)
            let next = await read([.file])
            if next == last { return next }
            last = next
        }
        let files = plan.candidates.filter { $0.kind == .file }.map(\.cautiousLabel).joined(separator: ", ")
        throw SecretError(
            code: "file_unreadable",
            message: "\(files): the content changed at each of \(attempts) reads. Write it once, then start.")
    }

    /// Why a start can't be decided yet: a store that can't be asked now, and nothing that serves without it. What
    /// refuses this process, or holds nothing, will do so in a second as well, and is not waited for.
    func undecided(_ readings: [String: SourceReading]) -> (label: String, reason: String)? {
        guard !plan.isServedByVariable else { return nil }
        for candidate in plan.steps.compactMap(\.candidate) {
            if ReloadGate.holds(readings[candidate.id]) { return nil }
            // Without a network a laptop has the development fallback; only who names a store must have it.
            if candidate.isImplied, plan.environment.allowsDevelopmentFallback { continue }
            guard candidate.kind == .store, sources[candidate.id] != nil,
                case .unavailable(let reason)? = readings[candidate.id]
            else { continue }
            return (candidate.label, reason)
        }
        return nil
    }

    static let noSuchStore = "this build has no such store"

    private static func unsupported(_ reference: StoreReference) -> SecretError {
        SecretError(
            code: "store_unsupported",
            message: """
                \(SecretNames.store) names \(reference.label), and this build has no such store. It reads files: have \
                the platform mount the secret and name it with file:///PATH or \(SecretNames.primary)_FILE, or put it \
                into \(SecretNames.primary).
                """)
    }
}

extension SecretPlan {
    /// A variable that is set serves, whatever stores and files say.
    var isServedByVariable: Bool {
        steps.contains { step in
            if case .variable? = step.candidate?.place { true } else { false }
        }
    }
}
