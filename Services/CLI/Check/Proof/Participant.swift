package import Evidence
import Secrets

/// A service that issues or verifies tokens in a stack, as far as is known, with its keys.
package struct Participant: Sendable {
    /// Why it is taken for one; the more is known, the surer a finding is.
    package enum Reason: Int, Sendable, Comparable {
        /// A variable with a signing secret's name is given to it.
        case given
        /// A service of that name holds a secret in another stack, or a sibling of its pod does.
        case twin
        /// Its code signs or verifies.
        case code
        /// A declaration says so, or it is one of Lockstep's own.
        case declared

        package static func < (a: Reason, b: Reason) -> Bool { a.rawValue < b.rawValue }
    }

    package let workload: Workload
    let component: Component?
    let isOwn: Bool
    package let reason: Reason
    /// For messages: what shows that it takes part.
    let evidence: String
    package let uses: [KeyUse]

    package var name: String { workload.name }
    package var signs: Bool { uses.contains { $0.signs == true } }
    package var verifies: Bool { uses.contains { $0.verifies == true } }

    /// A program from somewhere else, whose tokens are its own business unless something shows the contrary.
    let isForeign: Bool

    func use(_ family: KeyFamily) -> KeyUse? { uses.first { $0.family == family } }
}

/// A stack with those of its services that have to do with tokens.
package struct ProvenStack: Sendable {
    package let stack: Stack
    package let environment: StackEnvironment?
    package let participants: [Participant]

    var families: [KeyFamily] {
        var seen: Set<KeyFamily> = []
        return participants.flatMap { $0.uses.map(\.family) }.filter { seen.insert($0).inserted }
    }

    /// The variables from which a workload's code takes its keys, whatever they are called: `SECRET_KEY` is one where the
    /// code signs with it.
    func keyNames(of workload: Workload) -> Set<String> {
        let own = participants.filter { $0.workload.position == workload.position && $0.name == workload.name }
        return Set(own.flatMap(\.uses).compactMap(\.outcome.key).filter { !$0.isDefault }.map(\.name))
    }

    /// For messages: `docker-compose.yml`, `deploy/production (production)`.
    package var label: String {
        guard let environment, !stack.name.contains(environment.label) else { return stack.name }
        return "\(stack.name) (\(environment.label))"
    }

    /// Whether a default or a weak secret here is what the world could meet.
    var isProductionLike: Bool {
        environment.map { !$0.environment.allowsDevelopmentFallback } ?? false
    }
}
