/// What all services of the template stand on.
extension ECSRenderer {
    var suite: DocumentNode {
        [
            "Cluster": [
                "Type": "AWS::ECS::Cluster",
                "Properties": ["ClusterName": .text(prefix)],
            ],
            "Namespace": .explained(
                "Where the services find each other: http://NAME.internal:PORT.",
                [
                    "Type": "AWS::ServiceDiscovery::PrivateDnsNamespace",
                    "Properties": ["Name": "internal", "Vpc": Self.ref("VpcId")],
                ]),
            "SuiteSecurityGroup": [
                "Type": "AWS::EC2::SecurityGroup",
                "Properties": [
                    "GroupDescription": "The suite, which alone reaches /internal",
                    "VpcId": Self.ref("VpcId"),
                ],
            ],
            "SuiteToSuite": [
                "Type": "AWS::EC2::SecurityGroupIngress",
                "Properties": [
                    "GroupId": Self.ref("SuiteSecurityGroup"),
                    "SourceSecurityGroupId": Self.ref("SuiteSecurityGroup"),
                    "IpProtocol": "tcp",
                    "FromPort": .number(plan.services.map(\.port).min() ?? 0),
                    "ToPort": .number(plan.services.map(\.port).max() ?? 0),
                ],
            ],
            "ExecutionRole": role("execution", policies: [secretsPolicy]),
            "TaskRole": role("task", policies: []),
        ]
    }

    static func ref(_ name: String) -> DocumentNode { ["Ref": .text(name)] }

    static func attribute(_ name: String, _ attribute: String) -> DocumentNode {
        ["Fn::GetAtt": [.text(name), .text(attribute)]]
    }

    private func role(_ name: String, policies: [DocumentNode]) -> DocumentNode {
        let isExecution = name == "execution"
        return [
            "Type": "AWS::IAM::Role",
            "Properties": [
                "RoleName": .text("\(prefix)-\(name)"),
                "AssumeRolePolicyDocument": [
                    "Version": "2012-10-17",
                    "Statement": [
                        [
                            "Effect": "Allow", "Principal": ["Service": "ecs-tasks.amazonaws.com"],
                            "Action": "sts:AssumeRole",
                        ]
                    ],
                ],
                "ManagedPolicyArns": isExecution
                    ? ["arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"] : .absent,
                "Policies": policies.isEmpty ? .absent : .list(policies),
            ],
        ]
    }

    /// Exactly the secrets that are declared.
    private var secretsPolicy: DocumentNode {
        var resources: [String] = []
        for secret in plan.services.flatMap(\.secrets).map(\.secret) {
            let resource = arn(of: secret) + "-??????"
            if !resources.contains(resource) { resources.append(resource) }
        }
        return [
            "PolicyName": "secrets",
            "PolicyDocument": [
                "Version": "2012-10-17",
                "Statement": [
                    [
                        "Effect": "Allow", "Action": "secretsmanager:GetSecretValue",
                        "Resource": .list(resources.map { .text($0) }),
                    ]
                ],
            ],
        ]
    }
}
