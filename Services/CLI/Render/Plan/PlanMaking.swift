import Evidence
import Manifests

/// From a declaration to a plan. Whatever would start wrongly, or not at all, is refused here, all of it at once.
struct PlanMaking {
    let declaration: Declaration
    let target: RenderTarget
    var faults: [ManifestFault] = []

    init(_ declaration: Declaration, target: RenderTarget) {
        self.declaration = declaration
        self.target = target
    }

    mutating func fault(_ position: SourcePosition, _ problem: String, _ mend: String) {
        let fault = ManifestFault(position, problem, mend: mend)
        if !faults.contains(fault) { faults.append(fault) }
    }

    mutating func plan(environment name: String) throws(ManifestFaults) -> RenderPlan {
        guard let environment = declaration.environment(name) else {
            let known = declaration.environments.map(\.name).joined(separator: ", ")
            throw ManifestFaults([
                ManifestFault(
                    SourcePosition(file: declaration.file, line: 1), "no environment is called \(name)",
                    mend: known.isEmpty ? "declare it under environments:" : "name one of: \(known)")
            ])
        }
        if name.wholeMatch(of: /[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?/) == nil {
            fault(
                environment.position, "\(name) can't be a part of names", "use small letters, digits and -, 32 at most")
        }
        let facts = facts(of: environment)
        if environment.release == nil {
            fault(environment.position, "\(name) has no release", "write the tag of its images as release:")
        }
        if environment.registry?.wholeMatch(of: /[a-z0-9]([A-Za-z0-9.:\/_-]*[A-Za-z0-9])?/) == nil {
            fault(environment.position, "\(name) has no registry", "write where its images are as registry:")
        }
        let shared = sharedSecrets(in: name)
        let running = declaration.services.compactMap { service in
            service.deployment(in: name).map {
                planned(service, $0, in: environment, facts: facts, shared: shared)
            }
        }
        if running.isEmpty {
            fault(environment.position, "no service runs in \(name)", "name it under a service's environments:")
        }
        guard faults.isEmpty else { throw ManifestFaults(faults) }
        return RenderPlan(
            target: target, file: SourceTree.name(of: declaration.file), environment: environment,
            release: environment.release ?? "", services: running, facts: facts)
    }

    private mutating func planned(
        _ service: Declaration.Service, _ deployment: Declaration.Deployment, in environment: Declaration.Environment,
        facts: [String: String], shared: [String: SecretVersion]
    ) -> PlannedService {
        let effective = EffectiveDeployment(deployment, on: target)
        check(service, deployment, effective, in: environment)
        let target = target
        return PlannedService(
            name: service.name, executable: service.executable,
            image: "\(environment.registry ?? "")/\(deployment.image):\(environment.release ?? "")",
            port: deployment.port, host: deployment.host, scaling: deployment.scaling, volumes: effective.volumes,
            variables: effective.variables.map { variable in
                .init(
                    name: variable.name,
                    value: InternalAddress.replaced(in: variable.value) { service, port in
                        target.address(of: service, port: port, facts: facts)
                    })
            },
            secrets: effective.secrets.compactMap { secret in
                (shared[secret.name] ?? secret.stored).map { SecretBinding(variable: secret.name, secret: $0) }
            }, role: service.role, position: deployment.position)
    }

    private mutating func facts(of environment: Declaration.Environment) -> [String: String] {
        let declared = environment.facts(for: target.rawValue)
        for name in target.requiredFacts where declared?[name] == nil {
            fault(
                declared?.position ?? environment.position,
                "\(environment.name) does not say its \(name), which \(target.rawValue) needs",
                "write it under targets: \(target.rawValue):")
        }
        return Dictionary((declared?.facts ?? []).map { ($0.name, $0.value) }) { first, _ in first }
    }
}

extension Declaration.Service {
    var role: PlannedService.Role {
        guard let tokens else { return .bystander }
        if !tokens.issues.isEmpty { return .issuer }
        return tokens.verifies.isEmpty ? .bystander : .verifier
    }
}
