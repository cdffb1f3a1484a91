/// The load balancer's way to a service that has a public name.
extension ECSRenderer {
    func outside(_ service: PlannedService, host: String) -> [DocumentNode.Member] {
        let id = id(service)
        // By its place in the declaration, with room for rules of one's own; what is forbidden comes first.
        let place = (plan.services.firstIndex { $0.name == service.name } ?? 0) + 1
        return [
            .init(
                id + "FromLoadBalancer",
                [
                    "Type": "AWS::EC2::SecurityGroupIngress",
                    "Properties": [
                        "GroupId": Self.ref("SuiteSecurityGroup"),
                        "SourceSecurityGroupId": Self.ref("LoadBalancerSecurityGroupId"),
                        "IpProtocol": "tcp", "FromPort": .number(service.port), "ToPort": .number(service.port),
                    ],
                ]),
            .init(id + "Targets", targets(service)),
            .init(
                id + "NoInternal",
                .explained(
                    "Nobody outside reaches /internal.",
                    rule(
                        priority: place * 10, host: host, paths: ["/internal", "/internal/*"],
                        action: [
                            "Type": "fixed-response",
                            "FixedResponseConfig": ["StatusCode": "404", "ContentType": "text/plain"],
                        ]))),
            .init(
                id + "Route",
                rule(
                    priority: place * 10 + 1, host: host, paths: [],
                    action: ["Type": "forward", "TargetGroupArn": Self.ref(id + "Targets")])),
        ]
    }

    private func targets(_ service: PlannedService) -> DocumentNode {
        [
            "Type": "AWS::ElasticLoadBalancingV2::TargetGroup",
            "Properties": [
                "VpcId": Self.ref("VpcId"),
                "TargetType": "ip",
                "Protocol": "HTTP",
                "Port": .number(service.port),
                "HealthCheckPath": "/ready",
                "HealthCheckIntervalSeconds": 10,
                "HealthCheckTimeoutSeconds": 5,
                "HealthyThresholdCount": 2,
                "UnhealthyThresholdCount": 3,
                "Matcher": ["HttpCode": "200"],
                "TargetGroupAttributes": [["Key": "deregistration_delay.timeout_seconds", "Value": "30"]],
            ],
        ]
    }

    private func rule(priority: Int, host: String, paths: [String], action: DocumentNode) -> DocumentNode {
        var conditions: [DocumentNode] = [["Field": "host-header", "HostHeaderConfig": ["Values": [.text(host)]]]]
        if !paths.isEmpty {
            conditions.append([
                "Field": "path-pattern", "PathPatternConfig": ["Values": .list(paths.map { .text($0) })],
            ])
        }
        return [
            "Type": "AWS::ElasticLoadBalancingV2::ListenerRule",
            "Properties": [
                "ListenerArn": Self.ref("ListenerArn"), "Priority": .number(priority),
                "Conditions": .list(conditions), "Actions": [action],
            ],
        ]
    }
}
