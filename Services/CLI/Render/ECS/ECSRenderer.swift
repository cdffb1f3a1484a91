import Manifests

/// A CloudFormation template with everything that the services need, and each task definition by itself as well, as
/// `aws ecs register-task-definition --cli-input-json` takes it.
struct ECSRenderer {
    let plan: RenderPlan

    /// What roles, families and log groups begin with.
    var prefix: String { "lockstep-\(plan.environment.name)" }

    var files: [RenderedFile] {
        let note = """
            Deploy with: aws cloudformation deploy --stack-name \(prefix)
              --template-file services.yaml --capabilities CAPABILITY_NAMED_IAM --parameter-overrides ...
            Secrets Manager has no numbers: version N of a secret is the one that bears the staging label vN.
            Services that sign depend on those that only verify, so that a new key is held by them before it signs anything.
            """
        return [.yaml("services.yaml", [template], of: plan, note: note)]
            + plan.inRotationOrder.map { service in
                // JSON has no comments; the tags say where it comes from.
                RenderedFile("task-definitions/\(service.name).json", JSONDocument.of(taskDefinition(service)))
            }
    }

    /// `pp-backend` as a logical id: `PpBackend`.
    func id(_ service: PlannedService) -> String {
        service.name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private var hasOutside: Bool { plan.services.contains { $0.host != nil } }

    private var template: DocumentNode {
        var resources = suite.members
        for service in plan.inRotationOrder { resources += self.resources(of: service) }
        return [
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": "Lockstep, \(plan.environment.name), release \(plan.release)",
            "Parameters": parameters,
            "Resources": .map(resources),
        ]
    }

    private var parameters: DocumentNode {
        [
            "VpcId": ["Type": "AWS::EC2::VPC::Id"],
            "SubnetIds": [
                "Type": "List<AWS::EC2::Subnet::Id>", "Description": "Private subnets with a way out (NAT).",
            ],
            "LoadBalancerSecurityGroupId": hasOutside ? ["Type": "AWS::EC2::SecurityGroup::Id"] : .absent,
            "ListenerArn": hasOutside
                ? ["Type": "String", "Description": "An HTTPS listener of an application load balancer."] : .absent,
        ]
    }
}

extension DocumentNode {
    /// Of a mapping.
    var members: [Member] {
        if case .map(let members) = bare { members } else { [] }
    }
}
