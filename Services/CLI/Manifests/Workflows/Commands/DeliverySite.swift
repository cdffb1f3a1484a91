import Evidence
import Secrets

/// The step that deploys, as its commands need to know it.
struct DeliverySite: Sendable {
    /// `deploy.yml: deploy`
    let name: String
    /// What the job says for itself (`environment:`); nil where it says nothing.
    let environment: StackEnvironment?
    /// Names that may speak of an environment, the most telling first: a branch that the job asks for, the job, the file.
    let hints: [(text: String, evidence: String)]
    let tree: SourceTree
    /// Whether the commands run on another host, whose own variables and files nobody sees here.
    var isElsewhere = false

    /// - Parameters:
    ///   - assignments: a variable `ENVIRONMENT` among them is better evidence than a name.
    ///   - names: of services, namespaces, projects, files that the command names.
    func environment(_ assignments: [Assignment], names: [String]) -> StackEnvironment? {
        if let environment { return environment }
        if let told = Self.told(by: assignments) { return told }
        for name in names {
            if let found = StackEnvironment.named(by: name, evidence: "the name \(name)") { return found }
        }
        for hint in hints {
            if let found = StackEnvironment.named(by: hint.text, evidence: hint.evidence) { return found }
        }
        return nil
    }

    /// By a variable that services take their environment from. `NODE_ENV` is the last: `production` there often means
    /// no more than an optimised build.
    static func told(by assignments: [Assignment]) -> StackEnvironment? {
        for name in ["ENVIRONMENT", "APP_ENV", "ENV", "DEPLOY_ENV", "STAGE", "ASPNETCORE_ENVIRONMENT", "RAILS_ENV"] {
            guard let assignment = assignments.last(where: { $0.name == name }), let text = assignment.value.literal,
                let found = StackEnvironment.named(by: text, evidence: "\(name) at \(assignment.position)")
            else { continue }
            return found
        }
        guard let assignment = assignments.last(where: { $0.name == "NODE_ENV" }), let text = assignment.value.literal,
            let found = StackEnvironment.named(by: text, evidence: "NODE_ENV at \(assignment.position)"),
            found.environment != .production
        else { return nil }
        return found
    }

    /// Whether this name with this value puts a secret before everybody's eyes, as far as names tell.
    static func showsSecret(_ name: String, _ value: BoundValue) -> Bool {
        guard SecretLikeName.isLikely(name) else { return false }
        if let literal = value.literal { return !literal.isEmpty }
        return value.pieces.contains { piece in
            switch piece {
            case .text, .opaque: false
            case .reference(_, let word, _): word.map { $0.literal?.isEmpty == false } ?? false
            }
        }
    }

    func delivery(
        _ call: ShellCall, _ target: Stack.Target?, services: [MarkedText] = [], manifests: [String] = [],
        names: [String] = [], assignments: [Assignment], stored: [StoredValue] = [], gaps: [Gap] = []
    ) -> Delivery {
        let known = services.map(\.outline).filter { !$0.contains("\u{FFFC}") && !$0.isEmpty }
        // A service whose name is put together at run time is not named; nor are all of them deployed.
        let open =
            known.count < services.count
            ? [Gap("the name of what is deployed is put together when it runs", at: call.command.position)] : []
        return Delivery(
            name, at: call.command.position,
            environment: environment(assignments, names: names + known + manifests), target: target,
            services: known, manifests: manifests, assignments: Self.last(assignments), stored: stored,
            gaps: gaps + open)
    }

    /// One for a name: the later counts.
    static func last(_ assignments: [Assignment]) -> [Assignment] {
        var seen: Set<String> = []
        return assignments.reversed().filter { seen.insert($0.name).inserted }.reversed()
    }
}

/// What one command that deploys comes to.
struct DeployFinding: Sendable {
    var delivery: Delivery?
    var loose: [LooseBinding] = []
    /// Of the delivery's names, those that this command's own words bind.
    var ownNames: Set<String> = []
    /// Files of the job that it handed over.
    var usedFiles: [String] = []
    /// Whether what it starts is given what the command says and nothing of the host's, wherever it runs.
    var isWhole = false
}

/// A program whose command line hands variables to services.
protocol DeployTool: Sendable {
    /// Nil for a command that deploys nothing.
    func delivery(of call: ShellCall, at site: DeliverySite) -> DeployFinding?
}

enum DeployTools {
    static let all: [any DeployTool] = [
        GoogleCommands(), AmazonCommands(), KubernetesCommands(), HelmCommands(), ComposeCommands(), ImageCommands(),
        TerraformCommands(), ServerlessCommands(), HostingCommands(), AzureCommands(),
    ]
}
