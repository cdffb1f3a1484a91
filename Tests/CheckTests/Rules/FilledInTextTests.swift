import Evidence
import Testing

@testable import Check

/// What a shell fills in while it deploys is a reference in the files and a text in the cloud.
@Suite("LS114: texts that come out of a deploy")
struct FilledInTextTests {
    private static func found(_ files: [String: String]) -> [String] {
        Checker(SourceTree(files)).run().findings.filter { $0.rule == .plainTextInTemplate }
            .map { "\($0.severity.rawValue) \($0.locations.first?.description ?? "")" }
    }

    @Test("a variable of the shell, in a function's environment")
    func function() {
        func tree(_ value: String) -> [String: String] {
            [
                "serverless.yml": """
                service: bookings
                provider: {name: aws, runtime: python3.12, stage: prod}
                functions:
                  api:
                    handler: api.handle
                    environment:
                      JWT_SECRET: \(value)
                """
            ]
        }
        #expect(Self.found(tree("${env:JWT_SECRET}")) == ["warning serverless.yml:7"])
        #expect(Self.found(tree("'{{resolve:secretsmanager:bookings/jwt:SecretString:secret}}'")) == [])
        #expect(Self.found(tree("${ssm:/bookings/jwt}")) == [])
    }

    @Test("a variable of the shell, in a CDK stack")
    func cdk() {
        func tree(_ member: String) -> [String: String] {
            [
                "package.json": "{}",
                "lib/stack.ts": """
                import * as ecs from 'aws-cdk-lib/aws-ecs';
                export function add(task: ecs.FargateTaskDefinition, secret: any) {
                  task.addContainer('api', {
                    image: ecs.ContainerImage.fromRegistry('api'),
                    \(member)
                  });
                }
                """,
            ]
        }
        #expect(Self.found(tree("environment: { JWT_SECRET: process.env.JWT_SECRET! },")) == ["warning lib/stack.ts:5"])
        #expect(Self.found(tree("secrets: { JWT_SECRET: ecs.Secret.fromSecretsManager(secret) },")) == [])
    }
}
