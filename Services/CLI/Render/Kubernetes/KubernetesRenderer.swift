import Manifests

/// Everything that one namespace needs, for `kubectl apply -k` or a GitOps controller.
struct KubernetesRenderer {
    let plan: RenderPlan

    var namespace: DocumentNode { .text(plan.fact("namespace")) }

    var files: [RenderedFile] {
        var files = [RenderedFile.yaml("namespace.yaml", [namespaceDocument], of: plan)]
        if let secrets { files.append(secrets) }
        for service in plan.inRotationOrder {
            files.append(.yaml("\(service.name).yaml", documents(of: service), of: plan, note: note(service)))
        }
        let list: DocumentNode = [
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "namespace": namespace,
            "resources": .explained(
                "Who verifies before who signs.", .list(files.map { .text($0.path) })),
        ]
        return files + [.yaml("kustomization.yaml", [list], of: plan, isDocument: false)]
    }

    private var namespaceDocument: DocumentNode {
        [
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": [
                "name": namespace,
                "labels": [
                    "app.kubernetes.io/part-of": "lockstep",
                    "pod-security.kubernetes.io/enforce": .explained(
                        "Nothing here runs as root, gains privileges or writes to its image.", "restricted"),
                ],
            ],
        ]
    }

    private func note(_ service: PlannedService) -> String {
        service.rotationOrder == 0
            ? "Synced in wave 1, before the services that sign: a new key is held by whoever verifies before it signs."
            : "Synced in wave 2, after the services that only verify: a new key is held by them before it signs."
    }

    func documents(of service: PlannedService) -> [DocumentNode] {
        [
            serviceAccount(service), claims(service), deployment(service), [entrance(service)], autoscaler(service),
            disruptionBudget(service), networkPolicy(service),
        ].flatMap(\.self)
    }

    /// What is the same of every object.
    func metadata(_ service: PlannedService, name: String? = nil) -> DocumentNode {
        [
            "name": .text(name ?? service.name),
            "namespace": namespace,
            "labels": labels(service) + ["app.kubernetes.io/version": .text(plan.release)],
            "annotations": [
                "argocd.argoproj.io/sync-wave": .text(String(service.rotationOrder + 1))
            ],
        ]
    }

    func labels(_ service: PlannedService) -> DocumentNode {
        selector(service) + ["app.kubernetes.io/component": .text(service.executable)]
    }

    func selector(_ service: PlannedService) -> DocumentNode {
        ["app.kubernetes.io/name": .text(service.name), "app.kubernetes.io/part-of": "lockstep"]
    }

    private func serviceAccount(_ service: PlannedService) -> [DocumentNode] {
        [
            [
                "apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata(service),
                "automountServiceAccountToken": false,
            ]
        ]
    }

    private func claims(_ service: PlannedService) -> [DocumentNode] {
        service.volumes.map { volume in
            [
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": metadata(service, name: volume.name),
                "spec": [
                    "accessModes": ["ReadWriteOnce"],
                    "resources": ["requests": ["storage": "10Gi"]],
                ],
            ]
        }
    }

    private func entrance(_ service: PlannedService) -> DocumentNode {
        [
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata(service),
            "spec": [
                "selector": selector(service),
                "ports": [["name": "http", "port": .number(service.port), "targetPort": "http"]],
            ],
        ]
    }
}
