import Manifests

/// How a service's pods run, and how one release of them follows another.
extension KubernetesRenderer {
    func deployment(_ service: PlannedService) -> [DocumentNode] {
        [
            [
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": metadata(service),
                "spec": [
                    // With an autoscaler it is the autoscaler's to say; each apply would reset it.
                    "replicas": service.isScaled ? .absent : .number(service.scaling.minimum),
                    "revisionHistoryLimit": 5,
                    "minReadySeconds": 10,
                    "progressDeadlineSeconds": 300,
                    "strategy": strategy(service),
                    "selector": ["matchLabels": selector(service)],
                    "template": ["metadata": ["labels": labels(service)], "spec": pod(service)],
                ],
            ]
        ]
    }

    private func strategy(_ service: PlannedService) -> DocumentNode {
        service.keepsFile
            ? .explained(
                "The old pod ends before the new one starts: its database is one SQLite file, which two processes must"
                    + " not write. There is a gap; with PostgreSQL there would be none.",
                ["type": "Recreate"])
            : .explained(
                "A new pod serves before an old one ends. One whose keys disagree never becomes ready, and the old ones"
                    + " stay.",
                ["type": "RollingUpdate", "rollingUpdate": ["maxUnavailable": 0, "maxSurge": 1]])
    }

    private func pod(_ service: PlannedService) -> DocumentNode {
        [
            "serviceAccountName": .text(service.name),
            "automountServiceAccountToken": false,
            // Its variables would bear the names of settings, such as PORT.
            "enableServiceLinks": false,
            "terminationGracePeriodSeconds": 30,
            "securityContext": [
                "runAsNonRoot": true, "runAsUser": 10001, "runAsGroup": 10001,
                "fsGroup": service.volumes.isEmpty ? .absent : 10001,
                "fsGroupChangePolicy": service.volumes.isEmpty ? .absent : "OnRootMismatch",
                "seccompProfile": ["type": "RuntimeDefault"],
            ],
            "topologySpreadConstraints": service.scaling.maximum == 1 ? .absent : [spread(service)],
            "containers": [container(service)],
            "volumes": .list(
                [["name": "tmp", "emptyDir": ["medium": "Memory", "sizeLimit": "16Mi"]]]
                    + service.volumes.map {
                        ["name": .text($0.name), "persistentVolumeClaim": ["claimName": .text($0.name)]]
                    }),
        ]
    }

    private func spread(_ service: PlannedService) -> DocumentNode {
        [
            "maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": ["matchLabels": selector(service)],
        ]
    }

    private func container(_ service: PlannedService) -> DocumentNode {
        let cpu = DocumentNode.text(Quantity.processors(service.scaling.milliCPU))
        let memory = DocumentNode.text(Quantity.memory(service.scaling.memory))
        return [
            "name": .text(service.executable),
            "image": .text(service.image),
            "imagePullPolicy": "IfNotPresent",
            "ports": [["name": "http", "containerPort": .number(service.port)]],
            "env": .list(variables(service) + service.secrets.map(Self.variable)),
            "resources": ["requests": ["cpu": cpu, "memory": memory], "limits": ["cpu": cpu, "memory": memory]],
            "startupProbe": probe("/health", period: 2, failures: 60),
            "readinessProbe": .explained(
                "Ready when its keys agree with every issuer's and its database answers.",
                probe("/ready", period: 5, failures: 2)),
            "livenessProbe": probe("/health", period: 10, failures: 3),
            "lifecycle": .explained(
                "Time for the other nodes to hear that this pod goes, before it takes no more requests.",
                ["preStop": ["sleep": ["seconds": 5]]]),
            "securityContext": [
                "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
                "capabilities": ["drop": ["ALL"]],
            ],
            "volumeMounts": .list(
                [["name": "tmp", "mountPath": "/tmp"]]
                    + service.volumes.map { ["name": .text($0.name), "mountPath": .text($0.path)] }),
        ]
    }

    private func variables(_ service: PlannedService) -> [DocumentNode] {
        var variables: [DocumentNode] = service.variables.map {
            ["name": .text($0.name), "value": .text(Self.literal($0.value))]
        }
        for (name, value) in [("HOST", "0.0.0.0"), ("PORT", String(service.port))] where !service.has(name) {
            variables.append(["name": .text(name), "value": .text(value)])
        }
        if !service.has("LOCKSTEP_INSTANCE") {
            variables.append([
                "name": "LOCKSTEP_INSTANCE", "valueFrom": ["fieldRef": ["fieldPath": "metadata.name"]],
            ])
        }
        return variables
    }

    /// `$(NAME)` would be filled in by Kubernetes.
    private static func literal(_ value: String) -> String { value.replacing("$(", with: "$$(") }

    private func probe(_ path: DocumentNode, period: Int, failures: Int) -> DocumentNode {
        [
            "httpGet": ["path": path, "port": "http"], "periodSeconds": .number(period), "timeoutSeconds": 3,
            "failureThreshold": .number(failures),
        ]
    }
}
