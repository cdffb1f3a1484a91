import Manifests

/// One compose file for a machine of its own. Secrets are files, which the services watch; there is no default for any.
struct ComposeRenderer {
    let plan: RenderPlan

    var files: [RenderedFile] {
        let name = "docker-compose.\(plan.environment.name).yml"
        let note = """
            Start with: docker-compose -p lockstep-\(plan.environment.name) -f \(name) up -d
            Before the first start, each version of a secret is a file in \(plan.fact("secrets")), readable by uid 10001.
            One machine runs one instance of each service, and an update stops it before it starts the new one.
            """
        return [.yaml(name, [document], of: plan, note: note)]
    }

    private var document: DocumentNode {
        [
            "services": .map(plan.inRotationOrder.map { .init($0.name, service($0)) }),
            "secrets": .map(secrets),
            "volumes": volumes.isEmpty ? .absent : .map(volumes),
        ]
    }

    /// Each version once, however many services are given it.
    private var secrets: [DocumentNode.Member] {
        var members: [DocumentNode.Member] = []
        for secret in plan.services.flatMap(\.secrets).map(\.secret)
        where !members.contains(where: { $0.key == secret.versionedName }) {
            members.append(
                .init(secret.versionedName, ["file": .text("\(plan.fact("secrets"))/\(secret.versionedName)")]))
        }
        return members
    }

    private var volumes: [DocumentNode.Member] {
        // Named, as two environments may share a machine and this folder's name.
        plan.services.flatMap(\.volumes).map {
            .init($0.name, ["name": .text("lockstep-\(plan.environment.name)-\($0.name)")])
        }
    }

    private func service(_ service: PlannedService) -> DocumentNode {
        let port = String(service.port)
        return [
            "image": .text(service.image),
            "user": "10001:10001",
            "read_only": true,
            "tmpfs": ["/tmp:mode=1777,size=16m"],
            "cap_drop": ["ALL"],
            "security_opt": ["no-new-privileges:true"],
            "restart": "unless-stopped",
            "stop_grace_period": "30s",
            "cpus": .text(Self.processors(service.scaling.milliCPU)),
            "mem_limit": .text("\(service.scaling.memory >> 20)m"),
            "environment": environment(service),
            "secrets": .list(service.secrets.map(Self.mount)),
            "ports": service.host.map { host in
                .explained(
                    "What serves \(host) with TLS stands before it on this machine.",
                    [.text("127.0.0.1:\(port):\(port)")])
            } ?? .absent,
            "volumes": service.volumes.isEmpty
                ? .absent : .list(service.volumes.map { .text("\($0.name):\($0.path)") }),
            "healthcheck": [
                "test": ["CMD", .text("/usr/local/bin/\(service.executable)"), "healthcheck"],
                "interval": "10s", "timeout": "3s", "retries": 6, "start_period": "10s",
            ],
            "depends_on": order(service),
        ]
    }

    /// Compose starts a service after those that it depends on: who verifies before who signs.
    private func order(_ service: PlannedService) -> DocumentNode {
        let before = plan.services.filter { $0.rotationOrder < service.rotationOrder }
        guard !before.isEmpty else { return .absent }
        return .explained(
            "Who verifies starts before who signs: a new key is held by them before it signs anything.",
            .map(before.map { .init($0.name, ["condition": "service_healthy"]) }))
    }

    private func environment(_ service: PlannedService) -> DocumentNode {
        var members = service.variables.map { DocumentNode.Member($0.name, .text(Self.literal($0.value))) }
        for (name, value) in [("HOST", "0.0.0.0"), ("PORT", String(service.port))] where !service.has(name) {
            members.append(.init(name, .text(value)))
        }
        members += service.secrets.map { .init("\($0.variable)_FILE", .text(Self.path(of: $0))) }
        return .map(members)
    }

    /// `$` would begin a variable of the host.
    private static func literal(_ value: String) -> String { value.replacing("$", with: "$$") }

    private static func path(of binding: SecretBinding) -> String { "/run/secrets/\(binding.variable)" }

    /// The one place that says, for this target, where a secret comes from.
    private static func mount(_ binding: SecretBinding) -> DocumentNode {
        ["source": .text(binding.secret.versionedName), "target": .text(binding.variable)]
    }

    private static func processors(_ milli: Int) -> String {
        let thousandths = String(1000 + milli % 1000).dropFirst()
        return milli % 1000 == 0 ? "\(milli / 1000).0" : "\(milli / 1000).\(thousandths)"
    }
}
