/// Reads what a plan points to: files and stores. Variables need no reading.
struct SecretReader: Sendable {
    let plan: SecretPlan
    private let sources: [String: any SecretSource]

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

    /// Whether anything here can change while the service runs.
    var watches: Bool { plan.candidates.contains { $0.isFile } }

    /// By candidate id. The names that `GCP_PROJECT_ID` stands for are asked only while nothing before them is set.
    func read() async -> [String: SourceReading] {
        var readings: [String: SourceReading] = [:]
        var isServed = plan.steps.contains { step in
            if case .variable? = step.candidate?.place { true } else { false }
        }
        for candidate in plan.candidates {
            if case .variable = candidate.place { continue }
            if candidate.isImplied, isServed { continue }
            guard let source = sources[candidate.id] else {
                readings[candidate.id] = .unavailable(reason: "this build has no such store")
                continue
            }
            let reading = await source.read()
            readings[candidate.id] = reading
            switch reading {
            case .found, .staged: isServed = true
            default: break
            }
        }
        return readings
    }

    /// As `read`, but no file that is being written is taken: what was read counts once it was read twice alike.
    /// - Parameters:
    ///   - pause: between two reads.
    ///   - attempts: reads at most.
    func settled(pause: Duration, attempts: Int = 50) async throws(SecretError) -> [String: SourceReading] {
        var last = await read()
        guard watches else { return last }
        for _ in 1..<attempts {
            try? await Task.sleep(for: pause)
            let next = await read()
            if next == last { return next }
            last = next
        }
        let files = plan.candidates.filter(\.isFile).map(\.cautiousLabel).joined(separator: ", ")
        throw SecretError(
            code: "file_unreadable",
            message: "\(files): the content changed at each of \(attempts) reads. Write it once, then start.")
    }

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
