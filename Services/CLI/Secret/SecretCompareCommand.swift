import ArgumentParser
import Secrets

struct SecretCompareCommand: LockstepCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Prove that two places, or two environments, hold the same secret, or not.",
        discussion: """
            Shows kids alone; of a weak key not even that. A and B are store references or env:NAME. With --env twice, \
            each environment is resolved as its services would, from .env and the environment, or from a file of its \
            own (--env staging=staging.env).

            Exit 0 when both hold the same keys, 1 when they differ; of two environments the other way round: 0 when \
            they differ, 1 with a warning when they share a key, as environments never should. 66, 69 and 78 when it \
            can't be told. --format json prints equal, expected, left and right (label and kids) and warnings.

            Examples:
              lockstep secret compare aws://eu-central-1/jwt aws://us-east-1/jwt
              lockstep secret compare env:JWT_SECRET gcp://acme/jwt-secret-production
              lockstep secret compare --env staging --env production
            """)

    @Argument(help: "Two places.")
    var places: [String] = []

    @Option(name: .customLong("env"), help: "An environment, twice: NAME or NAME=FILE.")
    var environments: [String] = []

    @OptionGroup var project: ProjectOptions
    @OptionGroup var output: FormatOption

    func validate() throws {
        guard places.count == 2 && environments.isEmpty || places.isEmpty && environments.count == 2 else {
            throw ValidationError("Name two places, or --env twice.")
        }
    }

    func run(in context: CommandContext) async throws(CommandFailure) {
        let report = places.isEmpty ? try await ofEnvironments(context) : try await ofPlaces(context)
        switch output.format {
        case .json: context.console.out(try JSONText.of(report))
        case .text: for line in report.lines { context.console.out(line) }
        }
        for warning in report.warnings { context.say("warning: \(warning)") }
        if !report.expected { throw .negative }
    }

    private func ofPlaces(_ context: CommandContext) async throws(CommandFailure) -> ComparisonReport {
        let (one, other) = (try SecretPlace(places[0]), try SecretPlace(places[1]))
        let desk = try SecretDesk(Project.load(project, in: context), in: context)
        let left = try await desk.require(one)
        let right = try await desk.require(other)
        let comparison = SecretComparison(left.stored, right.stored, algorithm: desk.algorithm)
        return ComparisonReport(comparison, one.label, other.label, expected: comparison.areEqual, warnings: [])
    }

    private func ofEnvironments(_ context: CommandContext) async throws(CommandFailure) -> ComparisonReport {
        let left = try await ring(environments[0], context)
        let right = try await ring(environments[1], context)
        let comparison = SecretComparison(left.keys, right.keys)
        guard left.environment != right.environment else {
            return ComparisonReport(
                comparison, Self.label(left), Self.label(right), expected: comparison.areEqual, warnings: [])
        }
        let shared = Set(left.keys.map(\.material)).intersection(right.keys.map(\.material))
        let warnings =
            shared.isEmpty
            ? []
            : [
                """
                \(left.environment.rawValue) and \(right.environment.rawValue) share a key: a token of one is valid in \
                the other. Give each its own (`lockstep secret generate`).
                """
            ]
        return ComparisonReport(
            comparison, Self.label(left), Self.label(right), expected: shared.isEmpty, warnings: warnings)
    }

    private func ring(_ text: String, _ context: CommandContext) async throws(CommandFailure) -> KeyRing {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        var options = project
        if parts.count == 2 { options.envFile = parts[1] }
        var variables = try Project.load(options, in: context).variables
        guard let name = parts.first,
            let environment = DeploymentEnvironment(rawValue: name)
        else {
            let known = DeploymentEnvironment.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandFailure(.usage, "--env takes \(known), alone or with =FILE")
        }
        variables["ENVIRONMENT"] = environment.rawValue
        do throws(SecretError) {
            return try await SigningKeys.load(variables, quietly: true, in: context).manager.ring
        } catch {
            throw CommandFailure(.configuration, "\(environment.rawValue): \(error.message) (\(error.code))")
        }
    }

    private static func label(_ ring: KeyRing) -> String { "\(ring.environment.rawValue), \(ring.source)" }
}

/// What `compare` answers.
struct ComparisonReport: Encodable {
    struct Side: Encodable {
        let label: String
        /// With their states.
        let kids: [String]
    }

    let equal: Bool
    /// Whether it is as it should be: two places alike, two environments apart.
    let expected: Bool
    let left: Side
    let right: Side
    let warnings: [String]

    init(_ comparison: SecretComparison, _ left: String, _ right: String, expected: Bool, warnings: [String]) {
        equal = comparison.areEqual
        self.expected = expected
        self.left = Side(label: left, kids: comparison.left)
        self.right = Side(label: right, kids: comparison.right)
        self.warnings = warnings
    }

    var lines: [String] {
        [
            equal ? "equal" : "different", "  \(left.label): \(left.kids.joined(separator: ", "))",
            "  \(right.label): \(right.kids.joined(separator: ", "))",
        ]
    }
}
