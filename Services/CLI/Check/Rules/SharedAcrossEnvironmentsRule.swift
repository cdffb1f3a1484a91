import Evidence
import Secrets

/// `LS107`: one secret in two environments, so that a token of one passes in the other.
enum SharedAcrossEnvironmentsRule: Rule {
    static let id = RuleID.sharedAcrossEnvironments

    private struct Use {
        let service: String
        let position: SourcePosition?
        let environment: StackEnvironment
    }

    static func findings(in proof: Proof) -> [Finding] {
        var uses: [BoundValue: [Use]] = [:]
        var order: [BoundValue] = []
        func add(_ value: BoundValue, _ use: Use) {
            guard isOneValueEverywhere(value) else { return }
            if uses[value] == nil { order.append(value) }
            uses[value, default: []].append(use)
        }
        for stack in proof.stacks {
            guard let environment = stack.environment else { continue }
            for participant in stack.participants {
                for key in participant.uses.compactMap(\.outcome.key) {
                    add(
                        key.value, Use(service: participant.name, position: key.valuePosition, environment: environment)
                    )
                }
            }
        }
        // What workflows hand to the same files, each for its environment.
        for delivery in proof.deliveries {
            guard let environment = delivery.environment else { continue }
            for assignment in delivery.assignments {
                guard let service = taker(of: assignment.name, from: delivery, proof) else { continue }
                add(
                    assignment.value, Use(service: service, position: assignment.position, environment: environment))
            }
        }
        return order.compactMap { value in finding(value, uses[value] ?? []) }
    }

    /// Who gets its key by this name from what a workflow deploys.
    private static func taker(of name: String, from delivery: Delivery, _ proof: Proof) -> String? {
        guard SigningSecretName.purpose(of: name) != .other else { return nil }
        for stack in proof.stacks where stack.stack.files.contains(where: delivery.manifests.contains) {
            for participant in stack.participants where participant.uses.contains(where: { $0.names.contains(name) }) {
                return participant.name
            }
        }
        return SigningSecretName.isSigning(name) ? delivery.services.first : nil
    }

    /// A variable of a host has the value of that host, and a default in code is `LS104`'s.
    private static func isOneValueEverywhere(_ value: BoundValue) -> Bool {
        if let text = value.literal { return SecretQuality.fault(of: text) == nil }
        guard let reference = value.reference else { return false }
        switch reference.store {
        case .google, .aws, .parameterStore, .azure, .vault: return true
        case .github: return reference.scope == nil && reference.name.hasPrefix("secrets.")
        case .variable, .file, .kubernetes, .gitlab, .compose, .template, .platform: return false
        }
    }

    private static func finding(_ value: BoundValue, _ uses: [Use]) -> Finding? {
        guard let first = uses.first,
            let other = uses.first(where: { $0.environment.environment != first.environment.environment })
        else { return nil }
        // Between development and test nothing is lost.
        guard [first, other].contains(where: { !$0.environment.environment.allowsDevelopmentFallback }) else {
            return nil
        }
        return Finding(
            id, .warning,
            """
            \(first.environment.label) and \(other.environment.label) share one secret (\(value.shown)): a \
            token that \(first.service) issues in \(first.environment.label) passes in \
            \(other.environment.label). Give each environment its own
            """, services: [first.service, other.service],
            at: [first.position, other.position].compactMap(\.self))
    }
}
