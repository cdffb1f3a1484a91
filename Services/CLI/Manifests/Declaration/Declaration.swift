package import Evidence
package import Secrets

/// Our own `infrastructure.yaml`: what runs where, with which secrets. Manifests for each target are rendered from it,
/// and `lockstep check` reads it; both through this one type, so that they can't understand it differently.
///
/// Reading is strict: what stands here goes to production, and a key that nobody reads is a key that somebody misspelt.
package struct Declaration: Sendable {
    /// One of the top-level `environments`.
    package struct Environment: Sendable {
        /// As the file spells it.
        package let name: String
        package let environment: DeploymentEnvironment
        /// Goes before each image's name.
        package let registry: String?
        /// The Google Cloud project that holds the secrets, where it is not the one that runs the services.
        package let project: String?
        /// The tag of every image: what is deployed is this release, until this line changes.
        package let release: String?
        /// What each target needs to know of this environment.
        package let targets: [TargetFacts]
        package let position: SourcePosition

        package func facts(for target: String) -> TargetFacts? { targets.first { $0.target == target } }
    }

    package struct Service: Sendable {
        package let name: String
        /// The product of this package that it runs.
        package let executable: String
        /// Nil where the file does not say.
        package let tokens: Tokens?
        /// Where it runs: one for an environment, in the order of the file.
        package let deployments: [Deployment]
        package let position: SourcePosition

        package func deployment(in environment: String) -> Deployment? {
            deployments.first { $0.environment == environment }
        }
    }

    package struct Tokens: Sendable {
        /// The issuer names under which it signs; empty for `none`.
        package let issues: [String]
        /// The issuers whose tokens it accepts; empty for `none`.
        package let verifies: [String]
        package let position: SourcePosition
    }

    /// A service in one environment.
    package struct Deployment: Sendable {
        /// The name of a top-level environment.
        package let environment: String
        /// Without registry and tag.
        package let image: String
        package let port: Int
        package let scaling: Scaling
        package let volumes: [Volume]
        package let variables: [Variable]
        package let secrets: [Secret]
        /// The public name under which it is reached from outside; without one, only the suite reaches it.
        package let host: String?
        /// What is otherwise on one target.
        package let overrides: [Override]
        package let position: SourcePosition

        package func override(for target: String) -> Override? { overrides.first { $0.target == target } }
    }

    package struct Scaling: Sendable, Hashable {
        /// 0 where the platform may stop it between requests.
        package let minimum: Int
        package let maximum: Int
        /// Thousandths of a processor: `cpu: 0.5` and `cpu: 500m` are 500.
        package let milliCPU: Int
        /// Bytes.
        package let memory: Int
        package let position: SourcePosition
    }

    package struct Volume: Sendable, Hashable {
        package let name: String
        /// Absolute, in the container.
        package let path: String
        package let position: SourcePosition
    }

    package struct Variable: Sendable, Hashable {
        package let name: String
        package let value: String
        /// Of the name.
        package let position: SourcePosition
    }

    /// A variable that the platform fills in from its secret store.
    package struct Secret: Sendable, Hashable {
        package let name: String
        /// In the environment's secret store.
        package let secretName: String
        /// A number, or `latest`, which a rule of `lockstep check` speaks against.
        package let version: String
        /// Of the entry.
        package let position: SourcePosition

        package var isFloating: Bool { version == "latest" }
    }

    /// As messages name it.
    package let file: String
    package let environments: [Environment]
    package let services: [Service]

    package func environment(_ name: String) -> Environment? { environments.first { $0.name == name } }

    package func service(_ name: String) -> Service? { services.first { $0.name == name } }

    /// - Throws: every fault at once, each with its line and how to mend it.
    package static func read(_ text: String, file: String) throws(ManifestFaults) -> Declaration {
        var reading = DeclarationReading(file: file)
        let declaration = reading.declaration(try YAMLDocument.parse(text, file: file))
        guard reading.faults.isEmpty else { throw ManifestFaults(reading.faults) }
        return declaration
    }
}
