import Manifests
import Secrets

/// The workflow that deploys one environment: what is rendered must be current, then it goes to the platform in the order
/// that a rotation needs, then every service is asked whether all hold one key.
struct GitHubRenderer {
    let plan: RenderPlan
    /// The same environment, as it is on the target that the workflow deploys to.
    let deployed: RenderPlan

    static let deployable: [RenderTarget] = [.cloudRun, .ecs, .kubernetes]

    var environment: String { plan.environment.name }

    /// Where the rendered manifests stand in the repository.
    var folder: String { "deploy/\(deployed.target.rawValue)/\(environment)" }

    var files: [RenderedFile] {
        let note = """
            Copy it to .github/workflows/. \(Self.credentials(of: deployed.target)) The names under `vars` are variables of the\
             GitHub environment \(environment). No secret of a service passes through GitHub: the platform hands them out.
            """
        return [.yaml("deploy-\(environment).yml", [workflow], of: plan, note: note)]
    }

    private static func credentials(of target: RenderTarget) -> String {
        target == .kubernetes
            ? "KUBECONFIG is a secret of the GitHub environment." : "It signs in by OIDC, without a stored key."
    }

    private var workflow: DocumentNode {
        [
            "name": .text("deploy \(environment)"),
            "on": [
                "push": [
                    "branches": ["main"], "paths": [.text(plan.file), .text("\(folder)/**")],
                ],
                "workflow_dispatch": [:],
            ],
            "permissions": ["contents": "read"],
            "concurrency": .explained(
                "One after the other: two at once would mix two releases.",
                ["group": .text("deploy-\(environment)"), "cancel-in-progress": false]),
            "jobs": ["check": check, "deploy": deploy, "doctor": doctor],
        ]
    }

    private var check: DocumentNode {
        [
            "runs-on": "ubuntu-24.04",
            "timeout-minutes": 60,
            "steps": [
                Self.checkout, Self.lockstep,
                [
                    "name": "every participant resolves one key",
                    "run": .text("lockstep check --env \(environment)"),
                ],
                [
                    "name": "what is deployed is what was declared",
                    "run": .lines(["\(deployed.command) \\", "  --check --out \(folder)"]),
                ],
            ],
        ]
    }

    private var deploy: DocumentNode {
        [
            "needs": "check",
            "runs-on": "ubuntu-24.04",
            "timeout-minutes": 60,
            "environment": .text(environment),
            "permissions": ["contents": "read", "id-token": "write"],
            "steps": .list([Self.checkout] + signIn + apply),
        ]
    }

    private var doctor: DocumentNode {
        let isInside = deployed.target != .cloudRun
        return [
            "needs": "deploy",
            "runs-on": isInside
                ? .explained(
                    "A runner inside the network: nobody outside reaches /internal.", "${{ vars.LOCKSTEP_RUNNER }}")
                : "ubuntu-24.04",
            "timeout-minutes": 60,
            "environment": .text(environment),
            "permissions": ["contents": "read", "id-token": "write"],
            "steps": .list(
                [Self.checkout, Self.lockstep] + signIn + [
                    ["name": "all hold the same key", "run": .lines(internalToken + question)]
                ]),
        ]
    }

    static let checkout: DocumentNode = ["uses": "actions/checkout@v4"]
    static let lockstep: DocumentNode = ["uses": "./deploy/github", "with": ["check": "false"]]

    /// Asks those that a runner reaches: on Cloud Run the public ones, inside a network all.
    private var question: [String] {
        var lines = ["export ENVIRONMENT=\(plan.environment.environment.rawValue)", "lockstep doctor \\"]
        let kinds = ["portal", "gateway", "plant"]
        let asked = deployed.services.filter { deployed.target != .cloudRun || $0.host != nil }
        for kind in kinds + [""] {
            for service in asked where kind.isEmpty ? !kinds.contains(service.executable) : service.executable == kind {
                let address = deployed.target.address(of: service.name, port: service.port, facts: deployed.facts)
                lines.append("  --\(kind.isEmpty ? "service" : kind) \(address) \\")
            }
        }
        lines[lines.count - 1] = String(lines[lines.count - 1].dropLast(2))
        return lines
    }
}
