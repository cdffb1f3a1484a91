import Evidence
import Secrets

/// `LS109`: services of one stack are told that they run in different environments.
enum MixedEnvironmentsRule: Rule {
    static let id = RuleID.mixedEnvironments

    static func findings(in proof: Proof) -> [Finding] {
        proof.stacks.compactMap { stack in
            var told: [(Participant, text: String, DeploymentEnvironment, SourcePosition)] = []
            var modes: Set<String> = []
            for participant in stack.participants where !participant.isForeign {
                guard let (name, text, position) = EnvironmentVariable.of(participant.workload),
                    let environment = EnvironmentVariable.environment(named: text)
                else { continue }
                if EnvironmentVariable.isOfFramework(name), environment == .production {
                    modes.insert(participant.name)
                }
                told.append((participant, text, environment, position))
            }
            // How a program is built says little of where it runs beside one that is told.
            let sure = told.filter { !modes.contains($0.0.name) }
            if !sure.isEmpty { told = sure }
            guard let first = told.first, let other = told.first(where: { $0.2 != first.2 }) else { return nil }
            let isOwn = first.0.isOwn && other.0.isOwn
            return stack.finding(
                id, isOwn ? .error : .warning,
                """
                \(first.0.name) runs as \(first.text) and \(other.0.name) as \(other.text) in \(stack.label): each looks \
                for the secret of its own environment, and refuses the other's tokens with 401
                """, [first.0.name, other.0.name], at: [other.3, first.3])
        }
    }
}
