import Evidence
import Manifests

/// Participants share one signing secret, and all services one internal token: the same name in the same version, or no
/// plan. This is what makes a rendered environment agree by construction.
extension PlanMaking {
    /// Of every service that signs or verifies.
    private static let signing = ["JWT_SECRET", "JWT_SECRET_NEXT", "JWT_SECRET_PREVIOUS"]
    private static let aliases = ["JWT_SECRET_KEY", "SECRET_KEY"]
    private static let internalToken = "LOCKSTEP_INTERNAL_TOKEN"
    /// Settings that only look like the secret.
    private static let settings = [
        "JWT_SECRET_ALIASES", "JWT_SECRET_REFRESH_SECONDS", "JWT_SECRET_STORE", "JWT_SECRET_STORE_WAIT_SECONDS",
    ]

    private typealias Running = (service: Declaration.Service, deployment: Declaration.Deployment)

    /// By the variable's name: the one reference that each service which has it is given.
    mutating func sharedSecrets(in environment: String) -> [String: SecretVersion] {
        let running = declaration.services.compactMap { service -> Running? in
            service.deployment(in: environment).map { (service, $0) }
        }
        let participants = running.filter { $0.service.role != .bystander }
        for (service, deployment) in participants where !deployment.secrets.contains(where: { $0.name == "JWT_SECRET" })
        {
            let alias = deployment.secrets.first { Self.aliases.contains($0.name) }
            fault(
                alias?.position ?? deployment.position,
                "\(service.name) in \(environment) \(service.role == .issuer ? "signs" : "verifies") tokens and has no"
                    + " JWT_SECRET",
                alias.map { "call \($0.name) JWT_SECRET" } ?? "give it the secret that the others have")
        }
        for (service, deployment) in running { checkPlaces(service, deployment) }
        var shared: [String: SecretVersion] = [:]
        for name in Self.signing { shared[name] = agreement(on: name, among: participants, in: environment) }
        shared[Self.internalToken] = agreement(on: Self.internalToken, among: running, in: environment)
        return shared
    }

    private mutating func agreement(
        on name: String, among services: [Running], in environment: String
    ) -> SecretVersion? {
        let holders = services.compactMap { service, deployment in
            deployment.secrets.first { $0.name == name }.map { (service: service.name, secret: $0) }
        }
        guard let first = holders.first else { return nil }
        for (service, secret) in holders.dropFirst()
        where secret.secretName != first.secret.secretName || secret.version != first.secret.version {
            fault(
                secret.position,
                "\(name) of \(service) in \(environment) is \(secret.shown), and that of \(first.service) is"
                    + " \(first.secret.shown) (\(first.secret.position))",
                "name the same secret and version for both")
        }
        // Of JWT_SECRET that was said already.
        guard name != "JWT_SECRET" else { return first.secret.stored }
        for (service, deployment) in services where !holders.contains(where: { $0.service == service.name }) {
            fault(
                deployment.position,
                "\(service.name) in \(environment) has no \(name), which \(first.service) has (\(first.secret.position))",
                "give it to both")
        }
        return first.secret.stored
    }

    /// Neither as text, nor another one on this target alone.
    private mutating func checkPlaces(_ service: Declaration.Service, _ deployment: Declaration.Deployment) {
        for variable in deployment.variables where Self.isShared(variable.name) {
            fault(
                variable.position, "\(variable.name) of \(service.name) stands here as a variable",
                "put it into the secret store, and its name and version under secrets:")
        }
        guard let override = deployment.override(for: target.rawValue) else { return }
        let names =
            override.secrets.map { ($0.name, $0.position) } + override.variables.map { ($0.name, $0.position) }
        for (name, position) in names where Self.isShared(name) {
            fault(
                position, "\(service.name) has another \(name) on \(override.target) alone",
                "leave it away here: it is one for all targets")
        }
    }

    private static func isShared(_ name: String) -> Bool {
        let name = name.hasSuffix("_FILE") ? String(name.dropLast("_FILE".count)) : name
        return name == internalToken || aliases.contains(name) || name == "JWT_SECRET"
            || (name.hasPrefix("JWT_SECRET_") && !settings.contains(name))
    }
}

extension Declaration.Secret {
    fileprivate var shown: String { "\(secretName) version \(version)" }

    /// Nil for a version that is no number, which `checkStored` refuses.
    var stored: SecretVersion? { Int(version).map { SecretVersion(name: secretName, version: $0) } }
}
