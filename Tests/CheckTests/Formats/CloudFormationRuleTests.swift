import Evidence
import Testing

@testable import Check

/// A CloudFormation template of ECS services, in YAML and the same in JSON.
///
/// `LS105` is a parameter's default here, elsewhere `LS114`. `LS108`: `latest` is no word of AWS. `LS112` is about
/// workflows, `LS113` about images, `LS2xx` about code.
@Suite("Rules in CloudFormation templates")
struct CloudFormationRuleTests {
    private static let sources: [String: String] = [
        "services/issuer/go.mod": "module example.org/issuer\n\nrequire github.com/golang-jwt/jwt/v5 v5.2.1\n",
        "services/issuer/token.go": """
        package main

        import (
        	"os"
        	"time"

        	"github.com/golang-jwt/jwt/v5"
        )

        func issue(subject string) (string, error) {
        	token := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
        		"sub": subject,
        		"exp": time.Now().Add(15 * time.Minute).Unix(),
        	})
        	return token.SignedString([]byte(os.Getenv("JWT_SECRET")))
        }
        """,
        "services/ledger/package.json":
            #"{"name": "ledger", "dependencies": {"express-jwt": "8", "jsonwebtoken": "9"}}"#,
        "services/ledger/src/auth.ts": """
        import jwt from 'jsonwebtoken';
        import type { NextFunction, Request, Response } from 'express';

        export function requireUser(request: Request, response: Response, next: NextFunction) {
          const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
          try {
            response.locals.user = jwt.verify(token, process.env.JWT_SECRET!, { algorithms: ['HS256'] });
            next();
          } catch {
            response.sendStatus(401);
          }
        }
        """,
    ]

    private static let yaml = sources.merging([
        "cloudformation/production.yaml": """
        AWSTemplateFormatVersion: "2010-09-09"
        Description: The ledger and who issues its tokens

        Parameters:
          Version:
            Type: String

        Resources:
          JwtSecret:
            Type: AWS::SecretsManager::Secret
            Properties:
              Name: ledger/production/jwt
              GenerateSecretString: {PasswordLength: 64, ExcludePunctuation: true}

          IssuerTask:
            Type: AWS::ECS::TaskDefinition
            Properties:
              Family: issuer
              ContainerDefinitions:
                - Name: issuer
                  Image: !Sub "${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/issuer:${Version}"
                  Environment:
                    - {Name: ENVIRONMENT, Value: production}
                    - {Name: JWT_AUDIENCE, Value: ledger}
                  Secrets:
                    - {Name: JWT_SECRET, ValueFrom: !Ref JwtSecret}

          LedgerTask:
            Type: AWS::ECS::TaskDefinition
            Properties:
              Family: ledger
              ContainerDefinitions:
                - Name: ledger
                  Image: !Sub "${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/ledger:${Version}"
                  Environment:
                    - {Name: ENVIRONMENT, Value: production}
                    - {Name: JWT_AUDIENCE, Value: ledger}
                  Secrets:
                    - {Name: JWT_SECRET, ValueFrom: !Ref JwtSecret}
        """,
        "docker-compose.yml": """
        services:
          issuer:
            build: services/issuer
            environment:
              ENVIRONMENT: development
              JWT_AUDIENCE: ledger
              JWT_SECRET: ${JWT_SECRET:?}
          ledger:
            build: services/ledger
            environment:
              ENVIRONMENT: development
              JWT_AUDIENCE: ledger
              JWT_SECRET: ${JWT_SECRET:?}
        """,
    ]) { $1 }
    private static let file = "cloudformation/production.yaml"
    private static let issuer = "      Family: issuer"
    private static let ledger = """
              Environment:
                    - {Name: ENVIRONMENT, Value: production}
                    - {Name: JWT_AUDIENCE, Value: ledger}
                  Secrets:
                    - {Name: JWT_SECRET, ValueFrom: !Ref JwtSecret}
        """

    /// The last of two tasks, changed.
    private static func changed(_ old: String, _ new: String) -> [String: String] {
        var files = yaml
        guard var text = files[file], let last = text.ranges(of: old).last else { return files }
        text.replaceSubrange(last, with: new)
        files[file] = text
        return files
    }

    private static let secret = "- {Name: JWT_SECRET, ValueFrom: !Ref JwtSecret}"

    private static let fixtures = [
        RuleFixture(
            .missingSecret, "one task of two has no secret",
            broken: changed("\n          Secrets:\n            \(secret)", ""), mended: yaml,
            finds: ["LS101 \(file):33"]
        ),
        RuleFixture(
            .differentSecrets, "the verifier names a secret that was made by hand",
            broken: changed(
                "!Ref JwtSecret",
                "!Sub \"arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:ledger-jwt-Ab3dE9\""),
            mended: yaml, finds: ["LS102 \(file):39"]),
        RuleFixture(
            .twoNamesTwoValues, "two names of the secret, from two places",
            broken: changed(
                secret,
                secret
                    + "\n            - {Name: JWT_SECRET_KEY, ValueFrom: !Sub \"arn:aws:ssm:${AWS::Region}:${AWS::AccountId}:parameter/ledger/old-jwt\"}"
            ).filter { !$0.key.hasPrefix("services") }, mended: yaml.filter { !$0.key.hasPrefix("services") },
            finds: ["LS103 \(file):39"]),
        RuleFixture(
            .defaultReachesProduction, "a parameter has a default", in: yaml,
            .replace(
                "  Version:\n    Type: String", in: file,
                with:
                    "  Version:\n    Type: String\n  JwtSecretValue:\n    Type: String\n    NoEcho: true\n    Default: ledger-dev-secret-ledger-dev-secret"
            ),
            .replace(
                "          Secrets:\n            \(secret)", in: file,
                with: "            - {Name: JWT_SECRET, Value: !Ref JwtSecretValue}"),
            finds: ["LS104 cloudformation/production.yaml:29", "LS104 cloudformation/production.yaml:41"]),
        RuleFixture(
            .committedSecret, "a parameter's default is a good secret", in: yaml,
            .replace(
                "  Version:\n    Type: String", in: file,
                with:
                    "  Version:\n    Type: String\n  JwtSecretValue:\n    Type: String\n    NoEcho: true\n    Default: \(Given.strong)"
            ),
            .replace(
                "          Secrets:\n            \(secret)", in: file,
                with: "            - {Name: JWT_SECRET, Value: !Ref JwtSecretValue}"),
            finds: [
                "LS104 cloudformation/production.yaml:29", "LS104 cloudformation/production.yaml:41",
                "LS105 cloudformation/production.yaml:10",
            ]),
        RuleFixture(
            .committedSecret, "the store's secret is in the template", in: yaml,
            .replace(
                "GenerateSecretString: {PasswordLength: 64, ExcludePunctuation: true}", in: file,
                with: "SecretString: \(Given.strong)"), finds: ["LS105 cloudformation/production.yaml:13"]),
        RuleFixture(
            .weakSecret, "a placeholder was deployed",
            broken: changed(
                "          Secrets:\n            \(secret)", "            - {Name: JWT_SECRET, Value: changeme}"),
            mended: yaml,
            finds: [
                "LS102 cloudformation/production.yaml:38", "LS106 cloudformation/production.yaml:38",
                "LS114 cloudformation/production.yaml:38",
            ]),
        RuleFixture(
            .sharedAcrossEnvironments, "staging names production's secret",
            broken: yaml.merging([
                "cloudformation/staging.yaml": (yaml[file] ?? "").replacing("Value: production", with: "Value: staging")
            ]) { $1 },
            mended: yaml.merging([
                "cloudformation/staging.yaml": (yaml[file] ?? "").replacing("production", with: "staging")
            ]) { $1 }, finds: ["LS107 cloudformation/production.yaml:26"]),
        RuleFixture(
            .mixedEnvironments, "one task is told staging", broken: changed("Value: production", "Value: staging"),
            mended: yaml, finds: ["LS109 \(file):36"]),
        RuleFixture(
            .policyDiffers, "the audiences differ", broken: changed("Value: ledger", "Value: books"), mended: yaml,
            finds: ["LS110 cloudformation/production.yaml:37", "LS111 cloudformation/production.yaml:37"]),
        RuleFixture(
            .localAndCloudDiffer, "compose sets a policy that the task lacks",
            broken: changed("            - {Name: JWT_AUDIENCE, Value: ledger}\n", ""), mended: yaml,
            finds: ["LS111 cloudformation/production.yaml:33"]),
        RuleFixture(
            .plainTextInTemplate, "the secret is a plain variable", in: yaml,
            .replace(
                "          Secrets:\n            \(secret)", in: file,
                with: "            - {Name: JWT_SECRET, Value: \(Given.strong)}"),
            finds: ["LS114 cloudformation/production.yaml:25", "LS114 cloudformation/production.yaml:37"]),
        RuleFixture(
            .lifetimesDoNotFit, "tokens live longer than the verifier takes them", in: yaml,
            .replace(
                "- {Name: JWT_AUDIENCE, Value: ledger}", in: file,
                with:
                    "- {Name: JWT_AUDIENCE, Value: ledger}\n            - {Name: JWT_EXPIRATION_HOURS, Value: 48}\n            - {Name: JWT_MAX_LIFETIME_HOURS, Value: 24}"
            ), finds: ["LS301 cloudformation/production.yaml:26"]),
    ]

    @Test("each fault is found where it stands, and gone when it is mended", arguments: fixtures)
    func rule(_ fixture: RuleFixture) { fixture.verify() }

    // MARK: JSON

    private static func template(
        _ issuer: String, _ ledger: String, environment: String = "production", variables: String = ""
    ) -> [String: String] {
        sources.merging([
            "cloudformation/production.json": """
            {
              "AWSTemplateFormatVersion": "2010-09-09",
              "Resources": {
                "IssuerTask": {
                  "Type": "AWS::ECS::TaskDefinition",
                  "Properties": {
                    "Family": "issuer",
                    "ContainerDefinitions": [
                      {
                        "Name": "issuer", "Image": "registry.example.org/issuer:4",
                        "Environment": [{"Name": "ENVIRONMENT", "Value": "production"}],
                        "Secrets": [\(issuer)]
                      }
                    ]
                  }
                },
                "LedgerTask": {
                  "Type": "AWS::ECS::TaskDefinition",
                  "Properties": {
                    "Family": "ledger",
                    "ContainerDefinitions": [
                      {
                        "Name": "ledger", "Image": "registry.example.org/ledger:4",
                        "Environment": [{"Name": "ENVIRONMENT", "Value": "\(environment)"}\(variables)],
                        "Secrets": [\(ledger)]
                      }
                    ]
                  }
                }
              }
            }
            """
        ]) { $1 }
    }

    private static func secret(_ name: String) -> String {
        """
        {
                          "Name": "JWT_SECRET",
                          "ValueFrom": {"Fn::Sub": "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/\(name)"}
                        }
        """
    }

    private static let soundJSON = template(secret("ledger/jwt"), secret("ledger/jwt"))

    private static let inJSON = [
        RuleFixture(
            .missingSecret, "a task without any secret", broken: template(secret("ledger/jwt"), ""), mended: soundJSON,
            finds: ["LS101 cloudformation/production.json:26"]),
        RuleFixture(
            .differentSecrets, "two parameters of the store",
            broken: template(secret("ledger/jwt"), secret("books/jwt")), mended: soundJSON,
            finds: ["LS102 cloudformation/production.json:29"]),
        RuleFixture(
            .plainTextInTemplate, "a plain variable in one task",
            broken: template(
                secret("ledger/jwt"), "", variables: #", {"Name": "JWT_SECRET", "Value": "\#(Given.strong)"}"#),
            mended: soundJSON,
            finds: ["LS102 cloudformation/production.json:27", "LS114 cloudformation/production.json:27"]),
        RuleFixture(
            .mixedEnvironments, "the second task is told staging",
            broken: template(secret("ledger/jwt"), secret("ledger/jwt"), environment: "staging"), mended: soundJSON,
            finds: ["LS109 cloudformation/production.json:27"]),
    ]

    @Test("in JSON: each fault is found where it stands, and gone when it is mended", arguments: inJSON)
    func ruleInJSON(_ fixture: RuleFixture) { fixture.verify() }
}
