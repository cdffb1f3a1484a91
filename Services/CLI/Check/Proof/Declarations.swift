import Evidence
import Manifests

/// Puts what `lockstep.yaml` says on what was read.
struct Declarations {
    let settings: CheckSettings

    func applied(to stacks: [Stack]) -> [Stack] {
        stacks.map { stack in
            var stack = named(stack)
            if !settings.groups.isEmpty {
                stack.workloads = stack.workloads.map { declared($0) }
            }
            return stack
        }
    }

    /// A stack whose files bear a word of this repository.
    private func named(_ stack: Stack) -> Stack {
        guard stack.environment == nil, !settings.environments.isEmpty else { return stack }
        for word in settings.environments.keys.sorted() {
            guard let environment = settings.environments[word],
                ([stack.name] + stack.files).contains(where: { $0.lowercased().contains(word) })
            else { continue }
            return Stack(
                stack.target, name: stack.name,
                environment: StackEnvironment(environment, label: word, evidence: CheckSettings.fileName),
                files: stack.files, workloads: stack.workloads)
        }
        return stack
    }

    private func declared(_ workload: Workload) -> Workload {
        var workload = workload
        let issues = settings.groups.filter { names($0.issuers, workload) }.map(\.name)
        let verifies = settings.groups.filter { names($0.verifiers, workload) }.map(\.name)
        // A manifest's own declaration goes before.
        workload.issues = workload.issues ?? issues
        workload.verifies = workload.verifies ?? verifies
        return workload
    }

    private func names(_ services: [String], _ workload: Workload) -> Bool {
        services.contains { $0 == workload.name || ServiceName.isSame($0, workload.name) }
    }

    /// The variable by which a workload reads its key, where the declaration names one.
    func variable(of workload: Workload) -> String? {
        settings.groups.first { names($0.issuers + $0.verifiers, workload) }?.variable
    }

    var isExhaustive: Bool { !settings.groups.isEmpty }
}
