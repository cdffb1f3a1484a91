package import Evidence
package import Manifests
import Secrets
import SourceCode

/// What a check came to.
package struct CheckResult: Sendable {
    /// The worst first, then by place.
    package var findings: [Finding]
    package let unread: [UnreadFile]
    package let stacks: [ProvenStack]
    package let filesLookedAt: Int
}

/// Reads a tree, proves, and asks the rules.
package struct Checker {
    let tree: SourceTree
    /// Only stacks of this environment, and those whose environment nobody knows.
    let environment: String?
    let settings: CheckSettings
    let manifests: [any ManifestReader]

    package init(
        _ tree: SourceTree, environment: String? = nil, settings: CheckSettings = CheckSettings(),
        manifests: [any ManifestReader] = ManifestReaders.all
    ) {
        self.tree = tree
        self.environment = environment
        self.settings = settings
        self.manifests = manifests
    }

    /// - Parameter progress: called from several threads with how many source files are done, of how many.
    package func run(progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }) -> CheckResult {
        var reading = ManifestReaders.read(tree, readers: manifests)
        let (read, unread) = SourceReaders.read(tree, progress: progress)
        let facts = SharedCode.linked(read, in: tree)
        if let environment { reading.stacks = reading.stacks.filter { concerns($0, environment) } }
        let proof = Proof(reading, facts: facts, tree: tree, settings: settings)
        var seen: Set<Finding> = []
        let fixes = FixMaker(tree: tree, stacks: proof.stacks)
        let findings = Rules.all.flatMap { $0.findings(in: proof) }.filter { seen.insert($0).inserted }
            .map(fixes.mended)
        return CheckResult(
            findings: Self.joined(findings).sorted(by: Self.isBefore),
            unread: (tree.unread + reading.unread + unread).sorted {
                $0.position < $1.position
            }, stacks: proof.stacks, filesLookedAt: tree.files.count)
    }

    private func concerns(_ stack: Stack, _ name: String) -> Bool {
        guard let environment = stack.environment else { return true }
        return environment.label == name || environment.environment.rawValue == name
            || StackEnvironment.named(by: name, evidence: "")?.environment == environment.environment
    }

    /// What is wrong in one place is told once, however many stacks are made of the file.
    private static func joined(_ findings: [Finding]) -> [Finding] {
        struct Place: Hashable {
            let rule: RuleID
            let severity: Severity
            let environment: String?
            let services: [String]
            let locations: [SourcePosition]
        }
        var order: [Place] = []
        var groups: [Place: [Finding]] = [:]
        for finding in findings {
            let place = Place(
                rule: finding.rule, severity: finding.severity, environment: finding.environment,
                services: finding.services, locations: finding.locations)
            if groups[place] == nil { order.append(place) }
            groups[place, default: []].append(finding)
        }
        return order.flatMap { place -> [Finding] in
            let group = groups[place] ?? []
            let others = group.dropFirst().compactMap(\.stack)
            guard let first = group.first, first.stack != nil, others.count == group.count - 1, !others.isEmpty else {
                return group
            }
            let more = others.prefix(3).joined(separator: ", ") + (others.count > 3 ? ", …" : "")
            return [
                Finding(
                    first.rule, first.severity, "\(first.message). The same in \(more)", environment: first.environment,
                    stack: first.stack, services: first.services, at: first.locations, fix: first.fix)
            ]
        }
    }

    private static func isBefore(_ a: Finding, _ b: Finding) -> Bool {
        if a.severity != b.severity { return a.severity > b.severity }
        if a.rule != b.rule { return a.rule < b.rule }
        let (one, other) = (a.locations.first, b.locations.first)
        if let one, let other, one != other { return one < other }
        return a.message < b.message
    }
}
