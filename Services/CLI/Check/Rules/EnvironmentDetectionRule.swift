import Evidence
import Secrets

/// `LS204`: services that share tokens detect their environment by different variables, or assume another one where
/// nothing is set.
enum EnvironmentDetectionRule: Rule {
    static let id = RuleID.environmentDetectedTwice

    private struct Detection {
        let component: Component
        let read: EnvironmentRead

        var environment: DeploymentEnvironment? {
            read.fallback.flatMap { EnvironmentVariable.environment(named: $0) }
        }
    }

    static func findings(in proof: Proof) -> [Finding] {
        let reads = proof.components.all.filter(\.takesPart).flatMap { component in
            component.facts.flatMap(\.environmentReads).filter { EnvironmentVariable.names.contains($0.variable) }
                .map { Detection(component: component, read: $0) }
        }
        return byVariable(reads) + byDefault(reads)
    }

    /// Each variable beside the first that a deployment is told by. One that belongs to a framework (`NODE_ENV`) says how
    /// a program is built, and is a question at most.
    private static func byVariable(_ reads: [Detection]) -> [Finding] {
        guard
            let first = reads.first(where: { !EnvironmentVariable.isOfFramework($0.read.variable) }) ?? reads.first
        else { return [] }
        var told = together(with: first.read.variable, reads)
        return reads.compactMap { other in
            let variable = other.read.variable
            guard told.insert(variable).inserted else { return nil }
            let isQuestion = [first, other].contains { EnvironmentVariable.isOfFramework($0.read.variable) }
            if isQuestion, isJavaScript(other.component) != isJavaScript(first.component) { return nil }
            return finding(
                isQuestion ? .note : .warning, first, other, "one reads \(first.read.variable), the other \(variable)")
        }
    }

    private static func byDefault(_ reads: [Detection]) -> [Finding] {
        var firsts: [String: Detection] = [:]
        var told: Set<String> = []
        return reads.compactMap { other in
            guard let environment = other.environment else { return nil }
            let variable = other.read.variable
            guard let first = firsts[variable] else {
                firsts[variable] = other
                return nil
            }
            guard first.environment != environment, told.insert("\(variable) \(environment)").inserted else {
                return nil
            }
            return finding(
                .warning, first, other,
                """
                where \(variable) is not set one assumes \(first.read.fallback ?? ""), the other \
                \(other.read.fallback ?? "")
                """)
        }
    }

    /// The variables that some program reads in one breath with another (`getenv("ENVIRONMENT") or getenv("APP_ENV")`): one
    /// way of detection, in an order.
    private static func together(with variable: String, _ reads: [Detection]) -> Set<String> {
        var lines: [String: Set<Int>] = [:]
        for detection in reads where detection.read.variable == variable {
            let position = detection.read.position
            lines[position.file, default: []].formUnion(position.line - 1...position.line + 1)
        }
        let near = reads.filter { lines[$0.read.position.file]?.contains($0.read.position.line) ?? false }
        return Set(near.map(\.read.variable) + [variable])
    }

    private static func finding(
        _ severity: Severity, _ first: Detection, _ other: Detection, _ how: String
    ) -> Finding {
        Finding(
            id, severity,
            """
            the environment is detected in two ways: \(how). Where they differ, each looks for another secret, and \
            refuses the other's tokens with 401
            """,
            services: Array(Set([first.component.directory, other.component.directory])).sorted().filter {
                !$0.isEmpty
            },
            at: [other.read.position, first.read.position])
    }

    private static func isJavaScript(_ component: Component) -> Bool {
        component.facts.contains { [.javascript, .typescript].contains($0.language) }
    }
}
