package import Secrets

/// What runs together: the services of one deployment on one target in one environment. Override files, profiles and
/// overlays that are used apart are stacks of their own.
package struct Stack: Sendable {
    package enum Target: String, Hashable, Sendable, CaseIterable {
        case compose, kubernetes, cloudRun = "cloud-run", ecs, lambda, serverless, terraform
        case github, gitlab
        case platform
        /// `infrastructure.yaml` or `lockstep.yaml`: what is declared, for whatever target.
        case declaration
        /// Sources alone, where no manifest says how they run.
        case sources
    }

    package let target: Target
    /// For messages and unique in a tree: `docker-compose.yml + docker-compose.prod.yml`, `overlays/staging`.
    package let name: String
    /// As the files say it; nil where they do not.
    package let environment: StackEnvironment?
    /// In the order in which they are read.
    package let files: [String]
    package var workloads: [Workload]

    package init(
        _ target: Target, name: String, environment: StackEnvironment?, files: [String], workloads: [Workload]
    ) {
        self.target = target
        self.name = name
        self.environment = environment
        self.files = files
        self.workloads = workloads
    }
}

/// Which environment a stack is for, and how that is known.
package struct StackEnvironment: Hashable, Sendable {
    package let environment: DeploymentEnvironment
    /// As the files spell it: `prod`, `eu-production`.
    package let label: String
    /// For messages: `the name of docker-compose.prod.yml`, `ENVIRONMENT at k8s/api.yaml:31`.
    package let evidence: String

    package init(_ environment: DeploymentEnvironment, label: String, evidence: String) {
        self.environment = environment
        self.label = label
        self.evidence = evidence
    }

    /// The environment that a name speaks of, by its words (`docker-compose.prod.yml`, `overlays/eu-staging`,
    /// `api-dev`); nil where it names none, or two.
    package static func named(by name: String, evidence: String) -> StackEnvironment? {
        let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        let found = words.compactMap { word in Self.words[word].map { (word, $0) } }
        guard let first = found.first, found.allSatisfy({ $0.1 == first.1 }) else { return nil }
        return StackEnvironment(first.1, label: first.0, evidence: evidence)
    }

    private static let words: [String: DeploymentEnvironment] = [
        "development": .development, "dev": .development, "local": .development, "develop": .development,
        "test": .test, "testing": .test, "tests": .test, "ci": .test, "e2e": .test,
        "staging": .staging, "stage": .staging, "stg": .staging, "demo": .staging, "uat": .staging,
        "qa": .staging, "preprod": .staging, "preview": .staging,
        "production": .production, "prod": .production, "prd": .production, "live": .production,
    ]
}
