package import Evidence
package import Manifests
import Secrets

/// What was read of a tree, with each service's key resolved: what the rules look at.
package struct Proof: Sendable {
    package let stacks: [ProvenStack]
    let components: Components
    let loose: [LooseBinding]
    let deliveries: [Delivery]
    /// The normal names of the services that take part somewhere, in a stack or by their code.
    let participantNames: Set<String>
    let facts: [SourceFacts]
    /// As `SourceTree.tracked`.
    private let tracked: Set<String>?

    package init(_ reading: ManifestReading, facts: [SourceFacts], tree: SourceTree, settings: CheckSettings) {
        let components = Components(facts, files: tree.files, stacks: reading.stacks)
        let declarations = Declarations(settings: settings)
        var finder = ParticipantFinder(
            components: components, declarations: declarations, ownFiles: OwnEnvironmentFiles(reading.loose))
        let examples = ExampleFiles(reading.loose)
        let read =
            reading.stacks.map { DeliveryStacks.noted(reading.deliveries, in: $0) }
            + DeliveryStacks.of(reading.deliveries)
        let stacks = declarations.applied(to: read.filter { !Self.isAside($0) }).map { stack in
            var stack = stack
            stack.workloads = stack.workloads.map(examples.filled)
            return stack
        }
        // First who is given a secret anywhere; then who is not, where a namesake is.
        var proven = stacks.map { Self.prove($0, finder) }
        for stack in proven where !DeliveryStacks.targets.contains(stack.stack.target) {
            for participant in stack.participants where !participant.isForeign && participant.reason != .twin {
                for use in participant.uses {
                    guard let position = use.outcome.key?.position else { continue }
                    finder.twins[ServiceName.normal(participant.name), default: [:]][use.family] =
                        min(finder.twins[ServiceName.normal(participant.name)]?[use.family] ?? position, position)
                }
            }
        }
        if !finder.twins.isEmpty { proven = stacks.map { Self.prove($0, finder) } }
        // Without a manifest for any of them, the programs are held against each other all the same.
        if !proven.contains(where: { $0.participants.contains { $0.component != nil } }),
            let sources = Self.sources(components)
        {
            proven.append(Self.prove(sources, finder))
        }
        self.stacks = proven
        self.components = components
        participantNames = Set(
            proven.flatMap { $0.participants.filter { !$0.isForeign }.map { ServiceName.normal($0.name) } }
                + components.all.filter(\.takesPart).map { ServiceName.normal(SourceTree.name(of: $0.directory)) })
        loose = reading.loose
        deliveries = reading.deliveries
        self.facts = facts
        tracked = tree.tracked
    }

    /// The programs that sign or verify as a stack of their own; nil where there are not two of them.
    private static func sources(_ components: Components) -> Stack? {
        let programs = components.all.filter(\.takesPart)
        guard programs.count > 1 else { return nil }
        let workloads = programs.compactMap { program -> Workload? in
            guard let use = program.uses.first ?? program.shared.first?.uses.first else { return nil }
            let file = program.facts.first?.file ?? use.position.file
            let position = program.uses.first?.position ?? SourcePosition(file: file, line: 1)
            let name = program.directory.isEmpty ? "this program" : program.directory
            var workload = Workload(name, at: position)
            workload.sourceDirectory = program.directory
            workload.gaps = [Gap("no manifest shows what it is given", at: position)]
            return workload
        }
        return Stack(.sources, name: "the sources", environment: nil, files: [], workloads: workloads)
    }

    /// Whether everybody who has the repository has this file.
    func isCommitted(_ file: String) -> Bool { tracked?.contains(file) ?? true }

    private static func prove(_ stack: Stack, _ finder: ParticipantFinder) -> ProvenStack {
        let environment = stack.environment ?? agreed(stack)
        return ProvenStack(
            stack: stack, environment: environment,
            participants: OwnNames.joined(finder.participants(of: stack, environment: environment)))
    }

    /// Where the files' names say nothing, what the services are told, if they are told the same.
    private static func agreed(_ stack: Stack) -> StackEnvironment? {
        var found: [StackEnvironment] = []
        for workload in stack.workloads {
            guard let (name, text, position) = EnvironmentVariable.of(workload) else { continue }
            guard let environment = EnvironmentVariable.environment(named: text) else { return nil }
            found.append(StackEnvironment(environment, label: text, evidence: "\(name) at \(position)"))
        }
        guard let first = found.first, found.allSatisfy({ $0.environment == first.environment }) else { return nil }
        return first
    }

    /// Examples and tests run nowhere.
    private static func isAside(_ stack: Stack) -> Bool {
        !stack.files.isEmpty && stack.files.allSatisfy(Components.isTest)
    }
}

/// The variable that tells a service where it runs.
enum EnvironmentVariable {
    static let names = [
        "ENVIRONMENT", "APP_ENV", "APP_ENVIRONMENT", "ENV", "NODE_ENV", "RAILS_ENV", "FLASK_ENV", "DJANGO_ENV",
        "GO_ENV",
        "ASPNETCORE_ENVIRONMENT", "SPRING_PROFILES_ACTIVE", "DEPLOY_ENV", "STAGE",
    ]

    /// Of a framework or a language: `production` there often means no more than an optimised build.
    static func isOfFramework(_ name: String) -> Bool { frameworks.contains(name) }

    private static let frameworks: Set<String> = [
        "NODE_ENV", "RAILS_ENV", "FLASK_ENV", "DJANGO_ENV", "GO_ENV", "ASPNETCORE_ENVIRONMENT",
        "SPRING_PROFILES_ACTIVE",
    ]

    /// The first of these names that a workload is given as text, or as a default of the host's variable.
    static func of(_ workload: Workload) -> (name: String, text: String, position: SourcePosition)? {
        for name in names {
            guard let assignment = workload[name] else { continue }
            guard let text = assignment.value.literal ?? assignment.value.fallback?.literal, !text.isEmpty else {
                continue
            }
            return (name, text, assignment.valuePosition ?? assignment.position)
        }
        return nil
    }

    static func environment(named text: String) -> DeploymentEnvironment? {
        StackEnvironment.named(by: text, evidence: "")?.environment
    }
}
