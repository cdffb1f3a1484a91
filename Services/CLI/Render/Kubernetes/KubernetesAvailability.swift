import Manifests

/// How many pods there are, and who may speak to them.
extension KubernetesRenderer {
    func autoscaler(_ service: PlannedService) -> [DocumentNode] {
        guard service.isScaled else { return [] }
        return [
            [
                "apiVersion": "autoscaling/v2",
                "kind": "HorizontalPodAutoscaler",
                "metadata": metadata(service),
                "spec": [
                    "scaleTargetRef": [
                        "apiVersion": "apps/v1", "kind": "Deployment", "name": .text(service.name),
                    ],
                    "minReplicas": .number(service.scaling.minimum),
                    "maxReplicas": .number(service.scaling.maximum),
                    "metrics": [
                        [
                            "type": "Resource",
                            "resource": [
                                "name": "cpu", "target": ["type": "Utilization", "averageUtilization": 70],
                            ],
                        ]
                    ],
                ],
            ]
        ]
    }

    func disruptionBudget(_ service: PlannedService) -> [DocumentNode] {
        guard service.scaling.maximum > 1 else { return [] }
        return [
            [
                "apiVersion": "policy/v1",
                "kind": "PodDisruptionBudget",
                "metadata": metadata(service),
                "spec": ["maxUnavailable": 1, "selector": ["matchLabels": selector(service)]],
            ]
        ]
    }

    func networkPolicy(_ service: PlannedService) -> [DocumentNode] {
        let suite: DocumentNode = ["podSelector": ["matchLabels": ["app.kubernetes.io/part-of": "lockstep"]]]
        let outside: DocumentNode = .explained(
            "The ingress controller. It must route no path below /internal here; those need the internal token besides.",
            [
                "namespaceSelector": [
                    "matchLabels": ["kubernetes.io/metadata.name": .text(plan.fact("ingress_namespace"))]
                ]
            ])
        return [
            .explained(
                service.host == nil
                    ? "Only the suite speaks to it, /internal included."
                    : "Only the suite and the outside's one way in speak to it.",
                [
                    "apiVersion": "networking.k8s.io/v1",
                    "kind": "NetworkPolicy",
                    "metadata": metadata(service),
                    "spec": [
                        "podSelector": ["matchLabels": selector(service)],
                        "policyTypes": ["Ingress"],
                        "ingress": [
                            [
                                "from": service.host == nil ? [suite] : [suite, outside],
                                "ports": [["port": "http", "protocol": "TCP"]],
                            ]
                        ],
                    ],
                ])
        ]
    }
}
