import Manifests

/// A Knative service for each service, as `gcloud run services replace` takes it.
struct CloudRunRenderer {
    let plan: RenderPlan

    /// The smallest instance whose processor is always there.
    private static let leastMemory = 512 << 20
    private static let leastCPU = 1000

    var files: [RenderedFile] {
        plan.inRotationOrder.map { service in
            .yaml("\(service.name).yaml", [document(service)], of: plan, note: Self.note(service))
        }
    }

    private static func note(_ service: PlannedService) -> String {
        let order =
            service.rotationOrder == 0
            ? "Deployed before the services that sign: a new key is held by whoever verifies before it signs anything."
            : "Deployed after the services that only verify: a new key is held by them before this service signs with it."
        return order + "\nThe image runs as uid 10001; Cloud Run takes no other word on it."
    }

    private func document(_ service: PlannedService) -> DocumentNode {
        [
            "apiVersion": "serving.knative.dev/v1",
            "kind": "Service",
            "metadata": [
                "name": .text(service.name),
                "labels": ["lockstep-environment": .text(plan.environment.name)],
                "annotations": [
                    "lockstep/rotation-order": .text(String(service.rotationOrder)),
                    "run.googleapis.com/ingress": .explained(
                        service.host.map { "Reached as \($0)." } ?? "Reached from the network of the suite alone.",
                        .text(service.host == nil ? "internal" : "all")),
                    "run.googleapis.com/invoker-iam-disabled": .explained(
                        "Who calls is known by tokens of our own; a check of Google's would take the Authorization header.",
                        "true"),
                ],
            ],
            "spec": [
                "template": [
                    "metadata": ["annotations": annotations(service)],
                    "spec": [
                        "serviceAccountName": "\(service.name)@\(plan.fact("project")).iam.gserviceaccount.com",
                        "containerConcurrency": 250,
                        "timeoutSeconds": .explained("WebSockets and long answers end with their token.", 3600),
                        "containers": [container(service)],
                    ],
                ],
                "traffic": [["latestRevision": true, "percent": 100]],
            ],
        ]
    }

    private func annotations(_ service: PlannedService) -> DocumentNode {
        let network = "[{\"network\":\"\(plan.fact("network"))\",\"subnetwork\":\"\(plan.fact("subnetwork"))\"}]"
        return [
            "autoscaling.knative.dev/minScale": .text(String(service.scaling.minimum)),
            "autoscaling.knative.dev/maxScale": .text(String(service.scaling.maximum)),
            "run.googleapis.com/cpu-throttling": .explained(
                "The processor stays between requests: heartbeats, key agreement and reloads would stop without it.",
                "false"),
            "run.googleapis.com/startup-cpu-boost": "true",
            "run.googleapis.com/network-interfaces": .text(network),
            "run.googleapis.com/vpc-access-egress": "all-traffic",
            "run.googleapis.com/secrets": secretsElsewhere(service),
        ]
    }

    /// Where another project holds the secrets, each has a name here that stands for its place there.
    private func secretsElsewhere(_ service: PlannedService) -> DocumentNode {
        guard let project = plan.environment.project, project != plan.fact("project") else { return .absent }
        var names: [String] = []
        for binding in service.secrets where !names.contains(binding.secret.name) { names.append(binding.secret.name) }
        return names.isEmpty
            ? .absent : .text(names.map { "\($0):projects/\(project)/secrets/\($0)" }.joined(separator: ","))
    }

    private func container(_ service: PlannedService) -> DocumentNode {
        [
            "name": .text(service.name),
            "image": .text(service.image),
            "ports": [["name": "http1", "containerPort": .number(service.port)]],
            "env": .list(
                // PORT is Cloud Run's own to set.
                service.variables.filter { $0.name != "PORT" }.map {
                    ["name": .text($0.name), "value": .text($0.value)]
                } + service.secrets.map(Self.variable)),
            "resources": [
                "limits": [
                    "cpu": .text(Self.processors(max(service.scaling.milliCPU, Self.leastCPU))),
                    "memory": .text(Quantity.memory(max(service.scaling.memory, Self.leastMemory))),
                ]
            ],
            "startupProbe": .explained(
                "An instance gets requests when its keys agree with every issuer's: a wrong key never serves.",
                probe("/ready", port: service.port, period: 5, failures: 24)),
            "livenessProbe": probe("/health", port: service.port, period: 10, failures: 3),
        ]
    }

    /// The one place that says, for this target, where a secret comes from.
    private static func variable(_ binding: SecretBinding) -> DocumentNode {
        [
            "name": .text(binding.variable),
            "valueFrom": [
                "secretKeyRef": [
                    "name": .text(binding.secret.name),
                    // The version's number.
                    "key": .text(String(binding.secret.version)),
                ]
            ],
        ]
    }

    private func probe(_ path: DocumentNode, port: Int, period: Int, failures: Int) -> DocumentNode {
        [
            "httpGet": ["path": path, "port": .number(port)],
            "periodSeconds": .number(period),
            "timeoutSeconds": 3,
            "failureThreshold": .number(failures),
        ]
    }

    /// Whole processors, or thousandths.
    private static func processors(_ milli: Int) -> String {
        // Beyond one, only 2, 4, 6 and 8 are to be had.
        guard milli > leastCPU else { return "1" }
        return String([2000, 4000, 6000].first { $0 >= milli }.map { $0 / 1000 } ?? 8)
    }
}
