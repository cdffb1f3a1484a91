import Evidence
import Testing

@testable import Check

/// Stacks of the AWS CDK in TypeScript, and what `cdk synth` writes to `cdk.out`.
///
/// In a stack's source the check sees what stands in plain text (`LS114`); what its constructs come to is in the template,
/// of which the rules are those of CloudFormation. The source of a stack is not asked for participants, since nothing runs
/// it. `LS108`: `latest` is no word of AWS.
@Suite("Rules in CDK stacks and synthesised templates")
struct CDKRuleTests {
    // MARK: synthesised

    /// A function's environment as the CDK writes it: hashes in the logical ids, secrets by `Ref` and `Fn::Join`.
    private static func template(
        issuer: String, api: String, environment: String = "production", more: String = ""
    ) -> String {
        """
        {
         "Resources": {
          "TokenSecret5FDE1B5E": {
           "Type": "AWS::SecretsManager::Secret",
           "Properties": {"GenerateSecretString": {"PasswordLength": 64}},
           "UpdateReplacePolicy": "Delete",
           "DeletionPolicy": "Delete",
           "Metadata": {"aws:cdk:path": "ProdStack/TokenSecret/Resource"}
          },
          "IssuerTaskDef9A1C6F2B": {
           "Type": "AWS::ECS::TaskDefinition",
           "Properties": {
            "Family": "ProdStackIssuerTaskDefA41C7E10",
            "ContainerDefinitions": [
             {
              "Name": "issuer",
              "Image": {"Fn::Sub": "${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/cdk-hnb659fds:1a2b"},
              "Environment": [
               {"Name": "ENVIRONMENT", "Value": "production"}
              ],
              \(issuer)
             }
            ]
           },
           "Metadata": {"aws:cdk:path": "ProdStack/IssuerTaskDef/Resource"}
          },
          "ApiTaskDefF0B1B22D": {
           "Type": "AWS::ECS::TaskDefinition",
           "Properties": {
            "Family": "ProdStackApiTaskDef7B02CC1E",
            "ContainerDefinitions": [
             {
              "Name": "api",
              "Image": {"Fn::Sub": "${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/cdk-hnb659fds:3c4d"},
              "Environment": [
               {"Name": "ENVIRONMENT", "Value": "\(environment)"}\(more)
              ],
              \(api)
             }
            ]
           },
           "Metadata": {"aws:cdk:path": "ProdStack/ApiTaskDef/Resource"}
          }
         },
         "Parameters": {
          "BootstrapVersion": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cdk-bootstrap/hnb659fds/version"}
         }
        }
        """
    }

    private static func secrets(_ id: String) -> String {
        #""Secrets": [{"Name": "JWT_SECRET", "ValueFrom": {"Fn::Join": ["", [{"Ref": "\#(id)"}, ":value::"]]}}]"#
    }

    private static let code: [String: String] = [
        "services/issuer/Cargo.toml": "[package]\nname = \"issuer\"\n\n[dependencies]\njsonwebtoken = \"9\"\n",
        "services/issuer/src/main.rs": """
        use jsonwebtoken::{encode, Algorithm, EncodingKey, Header};

        pub fn issue(claims: &Claims) -> Result<String, Error> {
            let secret = std::env::var("JWT_SECRET").expect("JWT_SECRET must be set");
            Ok(encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(secret.as_bytes()))?)
        }
        """,
        "services/api/requirements.txt": "pyjwt",
        "services/api/auth.py": """
        import os

        import jwt

        def user(token):
            return jwt.decode(token, os.environ["JWT_SECRET"], algorithms=["HS256"])
        """,
    ]

    private static func synthesised(_ template: String) -> [String: String] {
        code.merging(["infra/cdk.out/ProdStack.template.json": template]) { $1 }
    }

    private static let own = secrets("TokenSecret5FDE1B5E")
    private static let sound = synthesised(template(issuer: own, api: own))

    private static let inTemplates = [
        RuleFixture(
            .missingSecret, "one task of two has no secret",
            broken: synthesised(template(issuer: own, api: #""Essential": true"#)), mended: sound,
            finds: ["LS101 infra/cdk.out/ProdStack.template.json:33"]),
        RuleFixture(
            .differentSecrets, "the verifier's task takes a secret that was imported",
            broken: synthesised(
                template(
                    issuer: own,
                    api:
                        #""Secrets": [{"Name": "JWT_SECRET", "ValueFrom": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":secretsmanager:eu-west-1:123456789012:secret:prod/jwt-Ab12Cd:value::"]]}}]"#
                )), mended: sound, finds: ["LS102 infra/cdk.out/ProdStack.template.json:38"]),
        RuleFixture(
            .plainTextInTemplate, "the verifier's task has it in plain text",
            broken: synthesised(
                template(
                    issuer: own, api: #""Essential": true"#,
                    more: #", {"Name": "JWT_SECRET", "Value": "\#(Given.strong)"}"#)), mended: sound,
            finds: ["LS102 infra/cdk.out/ProdStack.template.json:36", "LS114 infra/cdk.out/ProdStack.template.json:36"]),
        RuleFixture(
            .weakSecret, "a placeholder was synthesised",
            broken: synthesised(
                template(
                    issuer: own, api: #""Essential": true"#, more: #", {"Name": "JWT_SECRET", "Value": "REPLACE_ME"}"#)),
            mended: sound,
            finds: [
                "LS102 infra/cdk.out/ProdStack.template.json:36", "LS106 infra/cdk.out/ProdStack.template.json:36",
                "LS114 infra/cdk.out/ProdStack.template.json:36",
            ]),
        RuleFixture(
            .mixedEnvironments, "one task is told staging",
            broken: synthesised(template(issuer: own, api: own, environment: "staging")), mended: sound,
            finds: ["LS109 infra/cdk.out/ProdStack.template.json:36"]),
        RuleFixture(
            .lifetimesDoNotFit, "the verifier takes tokens for less time than they live",
            broken: synthesised(
                template(
                    issuer: own, api: own,
                    more:
                        #", {"Name": "JWT_EXPIRATION_HOURS", "Value": "48"}, {"Name": "JWT_MAX_LIFETIME_HOURS", "Value": "24"}"#
                )), mended: sound, finds: ["LS301 infra/cdk.out/ProdStack.template.json:36"]),
    ]

    @Test("cdk.out: each fault is found where it stands, and gone when it is mended", arguments: inTemplates)
    func ruleInTemplates(_ fixture: RuleFixture) { fixture.verify() }

    // MARK: in TypeScript

    private static func stack(_ environment: String, _ secrets: String) -> [String: String] {
        code.merging([
            "infra/package.json": #"{"name": "infra", "dependencies": {"aws-cdk-lib": "^2.150.0"}}"#,
            "infra/lib/api-stack.ts": """
            import * as cdk from 'aws-cdk-lib';
            import * as ecs from 'aws-cdk-lib/aws-ecs';
            import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
            import { Construct } from 'constructs';

            export class ApiStack extends cdk.Stack {
              constructor(scope: Construct, id: string, props?: cdk.StackProps) {
                super(scope, id, props);

                const jwt = secretsmanager.Secret.fromSecretNameV2(this, 'Jwt', 'prod/jwt');
                const task = new ecs.FargateTaskDefinition(this, 'ApiTaskDef');
                task.addContainer('api', {
                  image: ecs.ContainerImage.fromAsset('../services/api'),
                  environment: { ENVIRONMENT: 'production'\(environment) },
                  secrets: { \(secrets) },
                });
              }
            }
            """,
        ]) { $1 }
    }

    private static let soundStack = stack("", "JWT_SECRET: ecs.Secret.fromSecretsManager(jwt)")

    private static let inSource = [
        RuleFixture(
            .plainTextInTemplate, "a container's environment holds the secret",
            broken: stack(", JWT_SECRET: '\(Given.strong)'", ""), mended: soundStack,
            finds: ["LS114 infra/lib/api-stack.ts:14"]),
        RuleFixture(
            .plainTextInTemplate, "the host's variable with a default is synthesised",
            broken: stack(", JWT_SECRET: process.env.JWT_SECRET || 'api-dev-secret'", ""), mended: soundStack,
            finds: ["LS114 infra/lib/api-stack.ts:14"]),
        RuleFixture(
            .plainTextInTemplate, "a secret's value is unwrapped into the environment",
            broken: stack(", JWT_SECRET: jwt.secretValue.unsafeUnwrap()", ""), mended: soundStack,
            finds: ["LS114 infra/lib/api-stack.ts:14"]),
    ]

    @Test("TypeScript: each fault is found where it stands, and gone when it is mended", arguments: inSource)
    func ruleInSource(_ fixture: RuleFixture) { fixture.verify() }
}
