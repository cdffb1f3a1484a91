import Manifests

/// Task definitions, in the spelling of the ECS API.
extension ECSRenderer {
    func taskDefinition(_ service: PlannedService) -> DocumentNode {
        taskDefinitionProperties(service) + [
            "tags": [
                ["key": "rendered-from", "value": .text(plan.file)],
                ["key": "rendered-by", "value": .text(plan.command)],
            ]
        ]
    }

    func taskDefinitionProperties(_ service: PlannedService) -> DocumentNode {
        let size = FargateSize(milliCPU: service.scaling.milliCPU, bytes: service.scaling.memory)
        return [
            "family": .text("\(prefix)-\(service.name)"),
            "requiresCompatibilities": ["FARGATE"],
            "networkMode": "awsvpc",
            "runtimePlatform": ["operatingSystemFamily": "LINUX", "cpuArchitecture": "X86_64"],
            "cpu": .text(String(size.units)),
            "memory": .text(String(size.memory)),
            "executionRoleArn": role("execution"),
            "taskRoleArn": role("task"),
            "containerDefinitions": [container(service)],
            "volumes": service.volumes.isEmpty ? .absent : .list(service.volumes.map(volume)),
        ]
    }

    func role(_ name: String) -> DocumentNode {
        .text("arn:aws:iam::\(plan.fact("account")):role/\(prefix)-\(name)")
    }

    private func container(_ service: PlannedService) -> DocumentNode {
        [
            "name": .text(service.name),
            "image": .text(service.image),
            "essential": true,
            "user": "10001:10001",
            "readonlyRootFilesystem": true,
            "linuxParameters": ["capabilities": ["drop": ["ALL"]], "initProcessEnabled": false],
            "portMappings": [
                [
                    "name": "http", "containerPort": .number(service.port), "protocol": "tcp", "appProtocol": "http",
                ]
            ],
            "environment": .list(
                (service.variables
                    + [
                        .init(name: "HOST", value: "0.0.0.0"), .init(name: "PORT", value: String(service.port)),
                    ].filter { !service.has($0.name) }).map { ["name": .text($0.name), "value": .text($0.value)] }),
            "secrets": .list(
                service.secrets.map { ["name": .text($0.variable), "valueFrom": .text(source(of: $0.secret))] }),
            "mountPoints": service.volumes.isEmpty
                ? .absent
                : .list(
                    service.volumes.map {
                        ["sourceVolume": .text($0.name), "containerPath": .text($0.path), "readOnly": false]
                    }),
            "healthCheck": [
                "command": ["CMD", "/usr/local/bin/\(service.executable)", "healthcheck", "--ready"],
                "interval": 10, "timeout": 5, "retries": 6, "startPeriod": 120,
            ],
            "stopTimeout": 30,
            "logConfiguration": [
                "logDriver": "awslogs",
                "options": [
                    "awslogs-group": .text(logGroup(service)),
                    "awslogs-region": .text(plan.fact("region")),
                    "awslogs-stream-prefix": .text(service.name),
                ],
            ],
        ]
    }

    /// The one place that says, for this target, where a secret comes from. Secrets Manager has no numbers; version N is
    /// what bears the staging label `vN` (`put-secret-value --version-stages vN`).
    private func source(of secret: SecretVersion) -> String { "\(arn(of: secret))::v\(secret.version):" }

    /// Without the suffix that AWS adds to the name.
    func arn(of secret: SecretVersion) -> String {
        "arn:aws:secretsmanager:\(plan.fact("region")):\(plan.fact("account")):secret:\(secret.name)"
    }

    func logGroup(_ service: PlannedService) -> String { "/lockstep/\(plan.environment.name)/\(service.name)" }

    private func volume(_ volume: Declaration.Volume) -> DocumentNode {
        [
            "name": .text(volume.name),
            "efsVolumeConfiguration": [
                "fileSystemId": .text(plan.fact("file_system")),
                // Made once, owned by 10001.
                "rootDirectory": .text("/\(volume.name)"),
                "transitEncryption": "ENABLED",
            ],
        ]
    }
}
