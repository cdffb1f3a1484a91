import Evidence
import Manifests
import Secrets

/// What would start wrongly on this target, or not at all.
extension PlanMaking {
    mutating func check(
        _ service: Declaration.Service, _ deployment: Declaration.Deployment, _ effective: EffectiveDeployment,
        in environment: Declaration.Environment
    ) {
        let what = "\(service.name) in \(environment.name)"
        if service.name.count > target.longestName {
            fault(
                service.position, "the name \(service.name) is too long for \(target.rawValue)",
                "use at most \(target.longestName) characters")
        }
        if service.executable.wholeMatch(of: /[a-z0-9][a-z0-9_.-]*/) == nil {
            fault(service.position, "the executable of \(service.name) is not understood", "write its name alone")
        }
        checkEnvironment(what, effective, deployment, environment)
        checkAddresses(what, effective, in: environment.name)
        checkData(what, effective, deployment)
        for secret in effective.secrets { checkStored(secret, of: what) }
        if let port = effective.variables.first(where: { $0.name == "PORT" }), port.value != String(deployment.port) {
            fault(port.position, "PORT of \(what) is not the port that it declares", "leave it away: it is rendered")
        }
        if deployment.scaling.minimum == 0, target != .cloudRun, target != .github {
            fault(
                deployment.scaling.position, "\(what) may have no instance, which only Cloud Run can do", "write min: 1"
            )
        }
    }

    private mutating func checkEnvironment(
        _ what: String, _ effective: EffectiveDeployment, _ deployment: Declaration.Deployment,
        _ environment: Declaration.Environment
    ) {
        let mend = "write ENVIRONMENT: \(environment.environment.rawValue) under variables:"
        guard let variable = effective.variables.first(where: { $0.name == "ENVIRONMENT" }) else {
            return fault(deployment.position, "\(what) has no ENVIRONMENT", mend)
        }
        let detected = try? EnvironmentDetection.detect(["ENVIRONMENT": variable.value]).environment
        if detected != environment.environment {
            fault(variable.position, "ENVIRONMENT of \(what) is another environment", mend)
        }
    }

    private mutating func checkAddresses(_ what: String, _ effective: EffectiveDeployment, in environment: String) {
        for variable in effective.variables {
            for found in InternalAddress.all(in: variable.value) {
                let called = "\(variable.name) of \(what) names \(found.service).internal"
                guard let deployment = declaration.service(found.service)?.deployment(in: environment) else {
                    fault(
                        variable.position, "\(called), and no service of \(environment) is called so", "mend the name")
                    continue
                }
                if found.port != deployment.port {
                    fault(
                        variable.position, "\(called) with another port than that service's",
                        "write http://\(found.service).internal:\(deployment.port)")
                }
            }
        }
    }

    private mutating func checkStored(_ secret: Declaration.Secret, of what: String) {
        if Int(secret.version) == nil {
            fault(
                secret.position, "\(secret.name) of \(what) is bound to \(secret.version), which is another tomorrow",
                "write the number of a version")
        }
        let name = secret.secretName
        switch target {
        case .cloudRun where name.wholeMatch(of: /[A-Za-z0-9_-]{1,255}/) == nil:
            fault(secret.position, "Google's Secret Manager can have no secret \(name)", "use letters, digits, _ and -")
        // A partial ARN that ends like a whole one is taken for a whole one.
        case .ecs where name.wholeMatch(of: /.*-[A-Za-z0-9]{6}/) != nil:
            fault(
                secret.position, "AWS takes the end of \(name) for the suffix that it adds itself",
                "use a name that does not end in a hyphen and six characters")
        case .kubernetes where name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._\/-]{0,200}/) == nil,
            .compose where name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]{0,200}/) == nil:
            fault(
                secret.position, "\(name) can't be the name of a file or an object", "use small letters, digits and -")
        default: break
        }
    }
}
