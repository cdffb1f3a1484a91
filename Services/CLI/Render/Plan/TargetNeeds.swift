/// What each target can't be rendered without.
extension RenderTarget {
    /// Of an environment: facts under `targets:`.
    var requiredFacts: [String] {
        switch self {
        case .cloudRun: ["project", "project_number", "region", "network", "subnetwork"]
        case .kubernetes: ["namespace", "ingress_namespace"]
        case .ecs: ["account", "region"]
        case .compose: ["secrets"]
        case .github: ["deploys_to"]
        }
    }

    /// The longest name of a service that it takes.
    var longestName: Int {
        switch self {
        case .cloudRun: 49
        case .kubernetes, .compose, .github: 63
        // CloudFormation names roles after it, with the environment before it, in 64 characters.
        case .ecs: 32
        }
    }

    /// Where a service of this environment is reached by the others.
    func address(of service: String, port: Int, facts: [String: String]) -> String {
        switch self {
        // The deterministic URL; the `.internal` names of a VPC don't lead to Cloud Run.
        case .cloudRun: "https://\(service)-\(facts["project_number"] ?? "").\(facts["region"] ?? "").run.app"
        case .kubernetes, .compose: "http://\(service):\(port)"
        // A private namespace of Cloud Map is called `internal` in the rendered template.
        case .ecs, .github: "http://\(service).internal:\(port)"
        }
    }
}
