import Evidence
import Manifests
import Secrets

@testable import Check

/// Evidence written by hand, so that the proof is tested without any format.
enum Given {
    /// A value that every rule takes for a good secret.
    static let strong = "kJ8fQ2vN7xR4tY6wB1mC5zL9pD3hG0aS-uE"
    static let strongToo = "Zq7Lw3Xn9Vb5Mr1Tk8Yc4Hg6Pd2Fs0Ja-iO"

    static func at(_ file: String, _ line: Int) -> SourcePosition { SourcePosition(file: file, line: line) }

    static func variable(_ name: String, default word: String? = nil) -> BoundValue {
        .reference(SecretReference(.variable, name), default: word.map(BoundValue.literal))
    }

    static func google(_ name: String, _ version: String? = "1") -> BoundValue {
        .reference(SecretReference(.google, name, version: version))
    }

    static func stack(
        _ services: [(String, [(String, BoundValue)])], change: (inout Workload) -> Void = { _ in }
    ) -> Stack {
        stack("docker-compose.yml", services, change: change)
    }

    /// Each service on ten lines of its own.
    static func stack(
        _ name: String, target: Stack.Target = .compose, in environment: String? = nil,
        _ services: [(String, [(String, BoundValue)])], change: (inout Workload) -> Void = { _ in }
    ) -> Stack {
        let workloads = services.enumerated().map { index, service in
            var workload = Workload(
                service.0, at: at(name, index * 10 + 1),
                assignments: service.1.enumerated().map { number, variable in
                    Assignment(variable.0, variable.1, at: at(name, index * 10 + 2 + number))
                })
            workload.sourceDirectory = service.0
            change(&workload)
            return workload
        }
        return Stack(
            target, name: name,
            environment: environment.flatMap { StackEnvironment.named(by: $0, evidence: "the test") }, files: [name],
            workloads: workloads)
    }

    static func code(
        _ directory: String, _ action: TokenUse.Action, _ alternatives: KeyExpression.Alternative...,
        algorithms: [String] = [], issuer: String? = nil, audience: String? = nil
    ) -> SourceFacts {
        var facts = SourceFacts(file: "\(directory)/main.py", language: .python)
        facts.uses = [
            TokenUse(
                action, call: action == .sign ? "jwt.encode" : "jwt.decode", key: KeyExpression(alternatives),
                keyName: "",
                algorithms: algorithms, issuer: issuer, audience: audience, at: at(facts.file, 20))
        ]
        return facts
    }

    static func read(_ name: String, _ directory: String, line: Int = 3) -> KeyExpression.Alternative {
        .variable(name, emptyCounts: true, at("\(directory)/main.py", line))
    }

    static func text(_ text: String, _ directory: String, line: Int = 3) -> KeyExpression.Alternative {
        .literal(text, at("\(directory)/main.py", line))
    }

    static func proof(
        _ stacks: [Stack], _ facts: [SourceFacts] = [], loose: [LooseBinding] = [], deliveries: [Delivery] = [],
        settings: CheckSettings = CheckSettings()
    ) -> Proof {
        var reading = ManifestReading()
        reading.stacks = stacks
        reading.loose = loose
        reading.deliveries = deliveries
        var files = facts.map(\.file)
        files += facts.map { SourceTree.folder(of: $0.file) + "/requirements.txt" }
        let tree = SourceTree(Dictionary(files.map { ($0, "") }) { $1 })
        return Proof(reading, facts: facts, tree: tree, settings: settings)
    }

    static func findings(
        _ rule: RuleID, _ stacks: [Stack], _ facts: [SourceFacts] = [], loose: [LooseBinding] = [],
        deliveries: [Delivery] = [], settings: CheckSettings = CheckSettings()
    ) -> [Finding] {
        let proof = proof(stacks, facts, loose: loose, deliveries: deliveries, settings: settings)
        return Rules.all.filter { $0.id == rule }.flatMap { $0.findings(in: proof) }
    }
}
