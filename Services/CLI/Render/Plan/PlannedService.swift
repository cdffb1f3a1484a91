package import Evidence
package import Manifests

/// A service as it is to run in one environment on one target, with nothing left to decide.
package struct PlannedService: Sendable {
    package let name: String
    /// The product it runs; its `healthcheck` needs no other program in the image.
    package let executable: String
    /// With registry and release.
    package let image: String
    package let port: Int
    package let host: String?
    package let scaling: Declaration.Scaling
    package let volumes: [Declaration.Volume]
    /// Addresses of other services are those of the target.
    package let variables: [Setting]
    /// The signing secret included, as it is declared for all.
    package let secrets: [SecretBinding]
    package let role: Role
    package let position: SourcePosition

    package struct Setting: Sendable, Hashable {
        package let name: String
        package let value: String
    }

    package enum Role: String, Sendable, Hashable {
        case issuer, verifier, bystander
    }

    /// Its data lies in one SQLite file: two processes must never run at once, not even during an update.
    package var keepsFile: Bool { variables.contains { $0.name == "DATABASE_URL" && $0.value.hasPrefix("sqlite:") } }

    /// Who verifies is updated before who signs: a new key signs nothing until those who check it hold it.
    package var rotationOrder: Int { role == .issuer ? 1 : 0 }

    var isScaled: Bool { scaling.maximum > scaling.minimum }

    func has(_ variable: String) -> Bool {
        variables.contains { $0.name == variable } || secrets.contains { $0.variable == variable }
    }
}
