import Evidence

/// Which environment a manifest is for. A file's own name or a folder that is called like an environment says for what it
/// is deployed, whatever a variable in it was copied from; then the variables; then folders with such a word in them.
enum ManifestEnvironment {
    static func find(_ path: String, workloads: [Workload], label: String? = nil) -> StackEnvironment? {
        if let label, let found = StackEnvironment.named(by: words(label), evidence: "the name \(label)") {
            return found
        }
        let name = SourceTree.name(of: path)
        if let found = StackEnvironment.named(by: words(name), evidence: "the name of \(name)") { return found }
        let folders = SourceTree.folder(of: path).split(separator: "/").reversed().compactMap { folder in
            let words = words(String(folder))
            return StackEnvironment.named(by: words, evidence: "the folder \(folder)")
                .map { (found: $0, isWhole: words == $0.label) }
        }
        if let nearest = folders.first, nearest.isWhole { return nearest.found }
        let told = workloads.compactMap { DeliverySite.told(by: $0.assignments) }
        if let first = told.first, told.allSatisfy({ $0.environment == first.environment }) { return first }
        return folders.first?.found
    }

    /// `ProdStack.template.json` has a word of its own in it.
    private static func words(_ text: String) -> String { SecretLikeName.words(of: text).joined(separator: " ") }
}

/// ARNs say region and account, names mean "mine": where a stack's ARNs all have one account, it is the stack's own.
enum AmazonAccounts {
    static func settled(_ workloads: [Workload]) -> [Workload] {
        let scopes = Set(
            workloads.flatMap(\.assignments).flatMap(\.value.references)
                .filter { $0.store == .aws || $0.store == .parameterStore }.compactMap(\.scope))
        guard scopes.count == 1, let own = scopes.first else { return workloads }
        return workloads.map { workload in
            var workload = workload
            workload.assignments = workload.assignments.map { assignment in
                Assignment(
                    assignment.name, settled(assignment.value, own), at: assignment.position,
                    origin: assignment.origin, valueAt: assignment.valuePosition)
            }
            return workload
        }
    }

    private static func settled(_ value: BoundValue, _ own: String) -> BoundValue {
        BoundValue(
            value.pieces.map { piece in
                guard case .reference(let reference, let word, let emptyCounts) = piece else { return piece }
                let isNamed = reference.store == .aws || reference.store == .parameterStore
                guard isNamed, reference.scope == nil else { return piece }
                return .reference(
                    SecretReference(reference.store, reference.name, version: reference.version, scope: own),
                    default: word.map { settled($0, own) }, emptyCounts: emptyCounts)
            })
    }
}
