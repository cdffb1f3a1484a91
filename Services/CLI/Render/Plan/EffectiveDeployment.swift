import Manifests

/// A deployment with what is otherwise on one target.
struct EffectiveDeployment {
    let variables: [Declaration.Variable]
    let secrets: [Declaration.Secret]
    let volumes: [Declaration.Volume]

    init(_ deployment: Declaration.Deployment, on target: RenderTarget) {
        guard let override = deployment.override(for: target.rawValue) else {
            variables = deployment.variables
            secrets = deployment.secrets
            volumes = deployment.volumes
            return
        }
        func merged<Element>(_ base: [Element], _ over: [Element], name: (Element) -> String) -> [Element] {
            base.map { old in over.first { name($0) == name(old) } ?? old }
                + over.filter { new in !base.contains { name($0) == name(new) } }
        }
        // A name is a variable or a secret, as the override says last.
        variables = merged(deployment.variables, override.variables, name: \.name)
            .filter { variable in !override.secrets.contains { $0.name == variable.name } }
        secrets = merged(deployment.secrets, override.secrets, name: \.name)
            .filter { secret in !override.variables.contains { $0.name == secret.name } }
        volumes = override.volumes ?? deployment.volumes
    }
}
