import Manifests

/// The resources of one service.
extension ECSRenderer {
    func resources(of service: PlannedService) -> [DocumentNode.Member] {
        let id = id(service)
        var resources: [DocumentNode.Member] = [
            .init(
                id + "Logs",
                [
                    "Type": "AWS::Logs::LogGroup",
                    "DeletionPolicy": "Retain",
                    "UpdateReplacePolicy": "Retain",
                    "Properties": ["LogGroupName": .text(logGroup(service)), "RetentionInDays": 90],
                ]),
            .init(
                id + "Task",
                [
                    "Type": "AWS::ECS::TaskDefinition",
                    "Properties": Self.capitalised(taskDefinitionProperties(service)),
                ]),
            .init(id + "Discovery", discovery(service)),
        ]
        if let host = service.host { resources += outside(service, host: host) }
        resources.append(.init(id + "Service", self.service(service)))
        if service.isScaled { resources += scaling(service) }
        return resources
    }

    /// Where CloudFormation's spelling differs by more than the first letter.
    private static let spelling = ["efsVolumeConfiguration": "EFSVolumeConfiguration", "fileSystemId": "FilesystemId"]

    /// CloudFormation begins each property with a capital; the names in `options` are the log driver's own.
    static func capitalised(_ node: DocumentNode) -> DocumentNode {
        switch node.bare {
        case .map(let members):
            .map(
                members.map { member in
                    .init(
                        spelling[member.key] ?? member.key.prefix(1).uppercased() + member.key.dropFirst(),
                        member.key == "options" ? member.value : capitalised(member.value))
                })
        case .list(let list): .list(list.map(capitalised))
        case .text, .number, .flag, .lines, .absent, .explained: node
        }
    }

    private func discovery(_ service: PlannedService) -> DocumentNode {
        [
            "Type": "AWS::ServiceDiscovery::Service",
            "Properties": [
                "Name": .text(service.name),
                "NamespaceId": Self.ref("Namespace"),
                "DnsConfig": ["RoutingPolicy": "MULTIVALUE", "DnsRecords": [["Type": "A", "TTL": 10]]],
                "HealthCheckCustomConfig": ["FailureThreshold": 1],
            ],
        ]
    }

    private func service(_ service: PlannedService) -> DocumentNode {
        let id = id(service)
        var first = service.host == nil ? [] : ["\(id)Route"]
        if service.rotationOrder > 0 {
            first += plan.services.filter { $0.rotationOrder < service.rotationOrder }.map { self.id($0) + "Service" }
        }
        return [
            "Type": "AWS::ECS::Service",
            "DependsOn": first.isEmpty ? .absent : .list(first.map { .text($0) }),
            "Properties": [
                "ServiceName": .text(service.name),
                "Cluster": Self.ref("Cluster"),
                "LaunchType": "FARGATE",
                "TaskDefinition": Self.ref(id + "Task"),
                // What the autoscaler has made of it stays.
                "DesiredCount": service.isScaled ? .absent : .number(service.scaling.minimum),
                "DeploymentConfiguration": deployment(service),
                "HealthCheckGracePeriodSeconds": service.host == nil ? .absent : 120,
                "NetworkConfiguration": [
                    "AwsvpcConfiguration": [
                        "AssignPublicIp": "DISABLED",
                        "SecurityGroups": [Self.ref("SuiteSecurityGroup")],
                        "Subnets": Self.ref("SubnetIds"),
                    ]
                ],
                "ServiceRegistries": [["RegistryArn": Self.attribute(id + "Discovery", "Arn")]],
                "LoadBalancers": service.host == nil
                    ? .absent
                    : [
                        [
                            "ContainerName": .text(service.name), "ContainerPort": .number(service.port),
                            "TargetGroupArn": Self.ref(id + "Targets"),
                        ]
                    ],
                "PropagateTags": "SERVICE",
            ],
        ]
    }

    private func deployment(_ service: PlannedService) -> DocumentNode {
        let breaker: DocumentNode = ["DeploymentCircuitBreaker": ["Enable": true, "Rollback": true]]
        return service.keepsFile
            ? .explained(
                "The old task ends before the new one starts: its database is one SQLite file, which two processes must"
                    + " not write. There is a gap; with PostgreSQL there would be none.",
                ["MinimumHealthyPercent": 0, "MaximumPercent": 100] + breaker)
            : .explained(
                "New tasks are ready before old ones end. Where they never are, as their keys disagree, the deployment is"
                    + " rolled back.",
                ["MinimumHealthyPercent": 100, "MaximumPercent": 200] + breaker)
    }

    private func scaling(_ service: PlannedService) -> [DocumentNode.Member] {
        let id = id(service)
        let cluster = Self.ref("Cluster")
        return [
            .init(
                id + "Scaling",
                [
                    "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
                    "DependsOn": [.text(id + "Service")],
                    "Properties": [
                        "ServiceNamespace": "ecs",
                        "ScalableDimension": "ecs:service:DesiredCount",
                        "ResourceId": ["Fn::Join": ["/", ["service", cluster, .text(service.name)]]],
                        "MinCapacity": .number(service.scaling.minimum),
                        "MaxCapacity": .number(service.scaling.maximum),
                    ],
                ]),
            .init(
                id + "ScalingPolicy",
                [
                    "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
                    "Properties": [
                        "PolicyName": .text("\(prefix)-\(service.name)-cpu"),
                        "PolicyType": "TargetTrackingScaling",
                        "ScalingTargetId": Self.ref(id + "Scaling"),
                        "TargetTrackingScalingPolicyConfiguration": [
                            "PredefinedMetricSpecification": [
                                "PredefinedMetricType": "ECSServiceAverageCPUUtilization"
                            ],
                            "TargetValue": 70,
                        ],
                    ],
                ]),
        ]
    }
}
