import ArgumentParser
import Check
import Evidence
import Foundation
import Manifests
import ServiceKit

struct CheckCommand: LockstepCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, sarif, github }
    enum Threshold: String, ExpressibleByArgument, CaseIterable {
        case error, warning

        var severity: Severity { self == .error ? .error : .warning }
    }

    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Prove from manifests and sources that all services come to the same key.",
        discussion: """
            Reads what the tree has (compose and env files, infrastructure.yaml, Kubernetes, Cloud Run, ECS, \
            CloudFormation, Terraform, workflows, Dockerfiles, sources in eleven languages), follows each service's signing \
            secret to its end in each environment, and says where an issuer and a verifier will not agree. Nothing is \
            asked of a network, and nothing runs. Files are named relative to PATH.

            Exit 0 when clean, 1 with findings of --fail-on or worse, 2 when a file could not be read (which is named, \
            and hides nothing else).

            Examples:
              lockstep check
              lockstep check --env production --format sarif > check.sarif
              lockstep check --explain LS102
              lockstep check --graph keys.svg services/ deploy/
              lockstep check --since origin/main --fail-on warning
              lockstep check --write-baseline .lockstep-baseline && lockstep check --baseline .lockstep-baseline
            """)

    @Argument(help: ArgumentHelp("Folders and files to look at; the working folder without any.", valueName: "path"))
    var paths: [String] = []

    @Option(help: "Only this environment's stacks, and those that name none.")
    var env: String?

    @Option(help: "text for people; json (docs/check.schema.json); sarif for code scanning; github for annotations.")
    var format = Format.text

    @Option(help: ArgumentHelp("Draw who holds which key: .svg, .mmd (Mermaid) or .dot (Graphviz).", valueName: "file"))
    var graph: String?

    @Option(help: "The least severity that makes it exit 1.")
    var failOn = Threshold.error

    @Option(help: ArgumentHelp("Say what a rule means, how it is found and mended.", valueName: "rule"))
    var explain: String?

    @Option(help: ArgumentHelp("Leave out the findings that this file lists.", valueName: "file"))
    var baseline: String?

    @Option(help: ArgumentHelp("Write the findings of now as a baseline.", valueName: "file"))
    var writeBaseline: String?

    @Option(
        help: ArgumentHelp("Only findings with a place in a file that changed since this revision.", valueName: "rev"))
    var since: String?

    @Flag(help: "Make the changes that findings propose.")
    var fix = false

    func run(in context: CommandContext) async throws(CommandFailure) {
        if let explain { return try Self.explain(explain, context) }
        let scope = try await CheckScope.of(paths, since: since, in: context)
        let progress = CheckProgress(context.console)
        let known = try baseline.map { name throws(CommandFailure) in try Self.baseline(name, context) }
        var result = Checker(scope.tree, environment: env, settings: scope.settings).run(progress: progress.show)
        progress.end()
        result.findings = result.findings.filter { scope.concerns($0) && !(known?.knows($0) ?? false) }
        if let writeBaseline {
            try Self.write(Baseline.text(of: result.findings), to: context.absolute(writeBaseline))
            context.say("\(writeBaseline): \(result.findings.count) findings put off")
            return
        }
        if fix { result.findings = try FixWriter(root: scope.root, context: context).apply(result.findings) }
        if let graph { try Self.write(try Self.picture(result, named: graph), to: context.absolute(graph)) }
        try report(result, context)
        if result.findings.contains(where: { $0.severity >= failOn.severity }) { throw CommandFailure.negative }
        if !result.unread.isEmpty { throw CommandFailure(.undetermined, lines: []) }
    }

    private func report(_ result: CheckResult, _ context: CommandContext) throws(CommandFailure) {
        switch format {
        case .text:
            for line in TextReport(result, style: .init(isColoured: context.console.isColoured)).lines {
                context.console.out(line)
            }
        case .json: context.console.out(try JSONText.of(CheckDocument(result)))
        case .sarif: context.console.out(try JSONText.of(SARIFReport(result, toolVersion: BuildInfo.version)))
        case .github: for line in GitHubReport.lines(result) { context.console.out(line) }
        }
    }

    // MARK: parts

    private static func explain(_ name: String, _ context: CommandContext) throws(CommandFailure) {
        guard let rule = RuleID(rawValue: name.uppercased()) else {
            throw CommandFailure(
                .usage,
                "there is no rule \(name); the rules are \(RuleID.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        for line in RulePage.of(rule).lines { context.console.out(line) }
    }

    private static func baseline(_ name: String, _ context: CommandContext) throws(CommandFailure) -> Baseline {
        guard let text = try Project.readText(context.absolute(name)) else {
            throw CommandFailure(.inputMissing, "\(name) is not there; write it with --write-baseline \(name)")
        }
        return Baseline(text)
    }

    private static func picture(_ result: CheckResult, named name: String) throws(CommandFailure) -> String {
        switch name.split(separator: ".").last {
        case "svg": GraphSVG.of(result)
        case "mmd", "mermaid": GraphText.mermaid(result)
        case "dot", "gv": GraphText.dot(result)
        default: throw CommandFailure(.usage, "\(name): the picture's kind follows from its ending: .svg, .mmd or .dot")
        }
    }

    static func write(_ text: String, to path: String) throws(CommandFailure) {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw CommandFailure(.inputMissing, "\(path) can't be written: \(error.localizedDescription)")
        }
    }
}
