import Evidence
import Secrets

/// `LS204`: services that share tokens detect their environment by different variables, or assume another one where
/// nothing is set.
enum EnvironmentDetectionRule: Rule {
    static let id = RuleID.environmentDetectedTwice

    static func findings(in proof: Proof) -> [Finding] {
        let reads = proof.components.all.filter(\.takesPart).flatMap { component in
            component.facts.flatMap(\.environmentReads).filter { EnvironmentVariable.names.contains($0.variable) }
                .map { (component, $0) }
        }
        guard let first = reads.first else { return [] }
        let byVariable = reads.first { $0.1.variable != first.1.variable && language($0.0) == language(first.0) }
        let byDefault = reads.first {
            $0.1.variable == first.1.variable && environment($0.1) != environment(first.1)
                && environment($0.1) != nil && environment(first.1) != nil
        }
        guard let other = byVariable ?? byDefault else { return [] }
        let how =
            byVariable != nil
            ? "one reads \(first.1.variable), the other \(other.1.variable)"
            : "where \(first.1.variable) is not set one assumes \(first.1.fallback ?? ""), the other \(other.1.fallback ?? "")"
        return [
            Finding(
                id, .warning,
                """
                the environment is detected in two ways: \(how). Where they differ, each looks for another secret, and \
                refuses the other's tokens with 401
                """, services: Array(Set([first.0.directory, other.0.directory])).sorted().filter { !$0.isEmpty },
                at: [other.1.position, first.1.position])
        ]
    }

    /// `NODE_ENV` is JavaScript's own, so that another language's variable beside it says nothing.
    private static func language(_ component: Component) -> Bool {
        component.facts.contains { [.javascript, .typescript].contains($0.language) }
    }

    private static func environment(_ read: EnvironmentRead) -> String? {
        read.fallback.flatMap { EnvironmentVariable.environment(named: $0)?.rawValue }
    }
}
