package import Manifests

/// An environment on a target: what the renderers write down. It exists only where every participant has the same signing
/// secret in the same version, and where everything that the target must be told was declared.
package struct RenderPlan: Sendable {
    package let target: RenderTarget
    /// The declaration's name, without its folder.
    package let file: String
    package let environment: Declaration.Environment
    package let release: String
    /// In the order of the declaration.
    package let services: [PlannedService]
    let facts: [String: String]

    package static let usualFile = "infrastructure.yaml"

    /// In the order in which an update, and so the rotation of a key, has to reach them.
    var inRotationOrder: [PlannedService] {
        services.filter { $0.rotationOrder == 0 } + services.filter { $0.rotationOrder == 1 }
    }

    /// What people type to get these files.
    var command: String {
        let other = file == Self.usualFile ? "" : " --file \(file)"
        return "lockstep render \(target.rawValue) --env \(environment.name)\(other)"
    }

    /// The first lines of every rendered file that can hold comments.
    var header: [String] {
        // The first in one line however long it is: by it the file is known.
        ["# Rendered by: \(command)"]
            + YAMLText.comment("From \(file): change that and render again, as what is changed here is lost.")
    }

    /// Of `required` facts.
    func fact(_ name: String) -> String { facts[name] ?? "" }
}
