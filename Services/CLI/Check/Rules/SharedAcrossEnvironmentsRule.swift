import Evidence
import Secrets

/// `LS107`: one secret in two environments, so that a token of one passes in the other.
enum SharedAcrossEnvironmentsRule: Rule {
    static let id = RuleID.sharedAcrossEnvironments

    private struct Use {
        let stack: ProvenStack
        let participant: Participant
        let key: EffectiveKey
        let environment: StackEnvironment
    }

    static func findings(in proof: Proof) -> [Finding] {
        var uses: [BoundValue: [Use]] = [:]
        var order: [BoundValue] = []
        for stack in proof.stacks {
            guard let environment = stack.environment else { continue }
            for participant in stack.participants {
                for use in participant.uses {
                    guard let key = use.outcome.key, isOneValueEverywhere(key.value) else { continue }
                    if uses[key.value] == nil { order.append(key.value) }
                    uses[key.value, default: []].append(
                        Use(stack: stack, participant: participant, key: key, environment: environment))
                }
            }
        }
        return order.compactMap { value in finding(uses[value] ?? []) }
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

    private static func finding(_ uses: [Use]) -> Finding? {
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
            \(first.environment.label) and \(other.environment.label) share one secret (\(first.key.value.shown)): a \
            token that \(first.participant.name) issues in \(first.environment.label) passes in \
            \(other.environment.label). Give each environment its own
            """, services: [first.participant.name, other.participant.name],
            at: [first.key.valuePosition, other.key.valuePosition].compactMap(\.self))
    }
}
