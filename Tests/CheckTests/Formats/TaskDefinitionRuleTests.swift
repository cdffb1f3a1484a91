import Evidence
import Testing

@testable import Check

/// ECS task definitions in JSON: a task for each of two services, in two environments.
///
/// `LS105` is `LS114` here. `LS108`: a secret without a version is how everybody writes them, and `latest` is no word of
/// AWS. `LS112` is about workflows, `LS113` about images, `LS2xx` about code.
@Suite("Rules in ECS task definitions")
struct TaskDefinitionRuleTests {
    private static func task(_ service: String, _ environment: String) -> String {
        """
        {
          "family": "shop-\(service)",
          "networkMode": "awsvpc",
          "requiresCompatibilities": ["FARGATE"],
          "cpu": "256",
          "memory": "512",
          "executionRoleArn": "arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
          "containerDefinitions": [
            {
              "name": "\(service)",
              "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/\(service):1.4.0",
              "essential": true,
              "portMappings": [{"containerPort": 8080}],
              "environment": [
                {"name": "APP_ENV", "value": "\(environment)"},
                {"name": "JWT_AUDIENCE", "value": "shop"},
                {"name": "LOG_LEVEL", "value": "info"}
              ],
              "secrets": [
                {
                  "name": "JWT_SECRET",
                  "valueFrom": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:\(environment)/jwt-Xq2vB9"
                }
              ],
              "logConfiguration": {
                "logDriver": "awslogs",
                "options": {"awslogs-group": "/shop", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "ecs"}
              }
            }
          ]
        }
        """
    }

    private static let sound: [String: String] = [
        "ecs/production/auth.json": task("auth", "production"),
        "ecs/production/orders.json": task("orders", "production"),
        "ecs/staging/auth.json": task("auth", "staging"),
        "ecs/staging/orders.json": task("orders", "staging"),
        "auth/package.json": #"{"name": "auth", "dependencies": {"jsonwebtoken": "^9.0.2"}}"#,
        "auth/src/tokens.js": """
        const jwt = require('jsonwebtoken');

        const secret = process.env.JWT_SECRET;

        exports.issue = (user) =>
          jwt.sign({ sub: user.id, roles: user.roles }, secret, { algorithm: 'HS256', expiresIn: '15m' });
        """,
        "orders/requirements.txt": "fastapi==0.115.0\npyjwt==2.9.0\n",
        "orders/app/security.py": """
        import os

        import jwt
        from fastapi import HTTPException

        JWT_SECRET = os.environ["JWT_SECRET"]


        def current_user(token: str) -> dict:
            try:
                return jwt.decode(token, JWT_SECRET, algorithms=["HS256"])
            except jwt.PyJWTError:
                raise HTTPException(status_code=401)
        """,
        "docker-compose.yml": """
        services:
          auth:
            build: ./auth
            environment:
              APP_ENV: development
              JWT_AUDIENCE: shop
              JWT_SECRET: ${JWT_SECRET:?set it in .env}
          orders:
            build: ./orders
            environment:
              APP_ENV: development
              JWT_AUDIENCE: shop
              JWT_SECRET: ${JWT_SECRET:?set it in .env}
        """,
    ]

    private static let secrets = """
              "secrets": [
                {
                  "name": "JWT_SECRET",
                  "valueFrom": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:production/jwt-Xq2vB9"
                }
              ],
        """
    private static let info = #"{"name": "LOG_LEVEL", "value": "info"}"#
    private static let orders = "ecs/production/orders.json"

    private static let fixtures = [
        RuleFixture(
            .missingSecret, "one task of two has no secret", in: sound,
            .replace(secrets, in: orders, with: "      \"secrets\": [],"), finds: ["LS101 \(orders):10"]),
        RuleFixture(
            .missingSecret, "the code reads another name than the task gives", in: sound,
            .replace(#""name": "JWT_SECRET""#, in: orders, with: #""name": "AUTH_JWT_SECRET""#),
            finds: ["LS101 \(orders):10"]),
        RuleFixture(
            .differentSecrets, "the verifier's task names another secret of the store", in: sound,
            .replace("secret:production/jwt-", in: orders, with: "secret:production/orders-jwt-"),
            finds: ["LS102 \(orders):21"]),
        RuleFixture(
            .differentSecrets, "the verifier's task stays on an older version", in: sound,
            .replace("jwt-Xq2vB9\"", in: "ecs/production/auth.json", with: "jwt-Xq2vB9::v3:\""),
            .replace("jwt-Xq2vB9\"", in: orders, with: "jwt-Xq2vB9::v2:\""), finds: ["LS102 \(orders):21"]),
        RuleFixture(
            .twoNamesTwoValues, "two names of the secret, from two secrets of the store", in: sound,
            .write("auth/src/tokens.js", "module.exports = require('@shop/tokens');\n"),
            .replace(
                #""valueFrom": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:production/jwt-Xq2vB9""#,
                in: "ecs/production/auth.json",
                with: #"""
                    "valueFrom": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:production/jwt-Xq2vB9"
                            },
                            {
                              "name": "JWT_SECRET_KEY",
                              "valueFrom": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:production/old-jwt-Zw8rT1"
                    """#), finds: ["LS103 ecs/production/auth.json:21"]),
        RuleFixture(
            .defaultReachesProduction, "the task leaves the code to its default", in: sound,
            .replace(
                #"os.environ["JWT_SECRET"]"#, in: "orders/app/security.py",
                with: #"os.getenv("JWT_SECRET", "dev-secret")"#),
            .replace(secrets, in: orders, with: "      \"secrets\": [],"),
            finds: ["LS102 orders/app/security.py:6", "LS104 \(orders):10", "LS202 orders/app/security.py:6"]),
        RuleFixture(
            .weakSecret, "a placeholder was deployed", in: sound,
            .replace(info, in: orders, with: #"{"name": "JWT_SECRET", "value": "change-me"}"#),
            .replace(secrets, in: orders, with: "      \"secrets\": [],"),
            finds: ["LS102 \(orders):17", "LS106 \(orders):17", "LS114 \(orders):17"]),
        RuleFixture(
            .sharedAcrossEnvironments, "production and staging have one secret", in: sound,
            .replace("secret:staging/jwt-", in: "ecs/staging/auth.json", with: "secret:production/jwt-"),
            .replace("secret:staging/jwt-", in: "ecs/staging/orders.json", with: "secret:production/jwt-"),
            finds: ["LS107 ecs/production/auth.json:21"]),
        RuleFixture(
            .mixedEnvironments, "a copied task says staging in production", in: sound,
            .replace(#""value": "production""#, in: orders, with: #""value": "staging""#), finds: ["LS109 \(orders):15"]
        ),
        RuleFixture(
            .policyDiffers, "the audiences differ", in: sound,
            .replace(#""value": "shop""#, in: orders, with: #""value": "orders""#),
            finds: ["LS110 \(orders):16", "LS111 \(orders):16"]),
        RuleFixture(
            .policyDiffers, "the algorithms differ, in each of three stacks", in: sound,
            .replace("HS256", in: "auth/src/tokens.js", with: "HS512"),
            finds: Array(repeating: "LS110 orders/app/security.py:11", count: 3)),
        RuleFixture(
            .localAndCloudDiffer, "compose sets a policy for one service that its tasks lack", in: sound,
            .replace(
                "auth\n    environment:", in: "docker-compose.yml",
                with: "auth\n    environment:\n      JWT_ISSUER: auth"),
            finds: ["LS111 ecs/production/auth.json:10", "LS111 ecs/staging/auth.json:10"]),
        RuleFixture(
            .plainTextInTemplate, "the secret is a plain variable in both tasks", in: sound,
            .replace(
                info, in: "ecs/production/auth.json",
                with: #"{"name": "JWT_SECRET", "value": "\#(Given.strong)"}"#),
            .replace(secrets, in: "ecs/production/auth.json", with: "      \"secrets\": [],"),
            .replace(info, in: orders, with: #"{"name": "JWT_SECRET", "value": "\#(Given.strong)"}"#),
            .replace(secrets, in: orders, with: "      \"secrets\": [],"),
            finds: ["LS114 ecs/production/auth.json:17", "LS114 \(orders):17"]),
        RuleFixture(
            .lifetimesDoNotFit, "tokens live longer than the verifier takes them", in: sound,
            .replace(
                info, in: "ecs/production/auth.json", with: #"{"name": "JWT_EXPIRATION_HOURS", "value": "48"}"#),
            .replace(info, in: orders, with: #"{"name": "JWT_MAX_LIFETIME_HOURS", "value": "24"}"#),
            finds: ["LS301 \(orders):17"]),
    ]

    @Test("each fault is found where it stands, and gone when it is mended", arguments: fixtures)
    func rule(_ fixture: RuleFixture) { fixture.verify() }
}
