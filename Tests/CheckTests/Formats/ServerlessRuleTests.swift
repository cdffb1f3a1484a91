import Evidence
import Testing

@testable import Check

/// SAM templates and `serverless.yml`: functions of one program each.
///
/// `LS105` is `LS114` here. `LS108`: `latest` is no word of AWS. `LS112` is about workflows, `LS113` about images, `LS2xx`
/// about code. SAM builds its functions' folders, so that a code default (`LS104`) is known to be theirs; `serverless.yml`
/// has one folder for all.
@Suite("Rules in SAM templates and serverless.yml")
struct ServerlessRuleTests {
    // MARK: SAM

    private static let sam: [String: String] = [
        "template.yaml": """
        AWSTemplateFormatVersion: "2010-09-09"
        Transform: AWS::Serverless-2016-10-31

        Parameters:
          Environment:
            Type: String
            AllowedValues: [staging, production]

        Globals:
          Function:
            Runtime: python3.12
            Timeout: 10
            Environment:
              Variables:
                ENVIRONMENT: !Ref Environment

        Resources:
          LoginFunction:
            Type: AWS::Serverless::Function
            Properties:
              CodeUri: functions/login/
              Handler: app.handler
              Environment:
                Variables:
                  JWT_AUDIENCE: bookings
                  JWT_SECRET: !Sub "{{resolve:secretsmanager:bookings/${Environment}/jwt:SecretString:value}}"

          AuthorizerFunction:
            Type: AWS::Serverless::Function
            Properties:
              CodeUri: functions/authorizer/
              Handler: app.handler
              Environment:
                Variables:
                  JWT_AUDIENCE: bookings
                  JWT_SECRET: !Sub "{{resolve:secretsmanager:bookings/${Environment}/jwt:SecretString:value}}"
        """,
        "functions/login/requirements.txt": "PyJWT==2.9.0\n",
        "functions/login/app.py": """
        import os
        import time

        import jwt

        SECRET = os.environ["JWT_SECRET"]


        def handler(event, context):
            claims = {"sub": event["user"], "iat": int(time.time()), "exp": int(time.time()) + 900}
            return {"token": jwt.encode(claims, SECRET, algorithm="HS256")}
        """,
        "functions/authorizer/requirements.txt": "PyJWT==2.9.0\n",
        "functions/authorizer/app.py": """
        import os

        import jwt

        SECRET = os.environ["JWT_SECRET"]


        def handler(event, context):
            claims = jwt.decode(event["authorizationToken"], SECRET, algorithms=["HS256"])
            return {"principalId": claims["sub"]}
        """,
    ]

    private static let reference =
        #"JWT_SECRET: !Sub "{{resolve:secretsmanager:bookings/${Environment}/jwt:SecretString:value}}""#

    /// The second of two functions, changed.
    private static func changed(_ file: String, in files: [String: String], _ old: String, _ new: String) -> [String:
        String]
    {
        var files = files
        guard var text = files[file], let last = text.ranges(of: old).last else { return files }
        text.replaceSubrange(last, with: new)
        files[file] = text
        return files
    }

    private static func changed(_ old: String, _ new: String) -> [String: String] {
        changed("template.yaml", in: sam, old, new)
    }

    private static let inSAM = [
        RuleFixture(
            .missingSecret, "the authorizer's secret is forgotten", broken: changed("          \(reference)", ""),
            mended: sam, finds: ["LS101 template.yaml:28", "LS101 template.yaml:28"]),
        RuleFixture(
            .differentSecrets, "the authorizer has a secret of its own",
            broken: changed("bookings/${Environment}/jwt", "authorizer/${Environment}/jwt"), mended: sam,
            finds: ["LS102 template.yaml:36", "LS102 template.yaml:36"]),
        RuleFixture(
            .differentSecrets, "the authorizer takes another field of the secret",
            broken: changed("SecretString:value", "SecretString:previous"), mended: sam,
            finds: ["LS102 template.yaml:36", "LS102 template.yaml:36"]),
        RuleFixture(
            .twoNamesTwoValues, "one function has two names with two values",
            broken: changed(
                reference,
                reference + "\n          JWT_SECRET_KEY: '{{resolve:secretsmanager:old/jwt:SecretString:value}}'"
            ).filter { !$0.key.hasSuffix(".py") }, mended: sam.filter { !$0.key.hasSuffix(".py") },
            finds: ["LS103 template.yaml:36", "LS103 template.yaml:36"]),
        RuleFixture(
            .defaultReachesProduction, "the template leaves the authorizer to its default",
            broken: changed("          \(reference)", "").merging([
                "functions/authorizer/app.py": (sam["functions/authorizer/app.py"] ?? "").replacing(
                    #"os.environ["JWT_SECRET"]"#, with: #"os.environ.get("JWT_SECRET", "local-dev-secret")"#)
            ]) { $1 }, mended: sam,
            finds: [
                "LS102 functions/authorizer/app.py:5", "LS102 functions/authorizer/app.py:5", "LS104 template.yaml:28",
                "LS104 template.yaml:28", "LS202 functions/authorizer/app.py:5",
            ]),
        RuleFixture(
            .weakSecret, "a short text is deployed", in: sam,
            .replace(reference, in: "template.yaml", with: "JWT_SECRET: bookings-secret"),
            finds: [
                "LS106 template.yaml:26", "LS106 template.yaml:36", "LS114 template.yaml:26", "LS114 template.yaml:36",
            ]),
        RuleFixture(
            .sharedAcrossEnvironments, "one secret for all environments", in: sam,
            .replace("bookings/${Environment}/jwt", in: "template.yaml", with: "bookings/jwt"),
            finds: ["LS107 template.yaml:26"]),
        RuleFixture(
            .mixedEnvironments, "the authorizer says for itself where it runs",
            broken: changed(
                "          JWT_AUDIENCE: bookings",
                "          ENVIRONMENT: development\n          JWT_AUDIENCE: bookings"),
            mended: sam, finds: ["LS109 template.yaml:35", "LS109 template.yaml:35"]),
        RuleFixture(
            .policyDiffers, "the audiences differ", broken: changed("JWT_AUDIENCE: bookings", "JWT_AUDIENCE: api"),
            mended: sam, finds: ["LS110 template.yaml:35", "LS110 template.yaml:35"]),
        RuleFixture(
            .localAndCloudDiffer, "compose runs with an issuer that the template lacks",
            broken: sam.merging([
                "docker-compose.yml": """
                services:
                  login:
                    build: functions/login
                    environment: {JWT_SECRET: "${JWT_SECRET:?}", JWT_AUDIENCE: bookings, JWT_ISSUER: bookings-login}
                  authorizer:
                    build: functions/authorizer
                    environment: {JWT_SECRET: "${JWT_SECRET:?}", JWT_AUDIENCE: bookings}
                """
            ]) { $1 },
            mended: sam.merging([
                "docker-compose.yml": """
                services:
                  login:
                    build: functions/login
                    environment: {JWT_SECRET: "${JWT_SECRET:?}", JWT_AUDIENCE: bookings}
                  authorizer:
                    build: functions/authorizer
                    environment: {JWT_SECRET: "${JWT_SECRET:?}", JWT_AUDIENCE: bookings}
                """
            ]) { $1 }, finds: ["LS111 template.yaml:18", "LS111 template.yaml:18"]),
        RuleFixture(
            .plainTextInTemplate, "the secret is a plain variable of both functions", in: sam,
            .replace(reference, in: "template.yaml", with: "JWT_SECRET: \(Given.strong)"),
            finds: ["LS107 template.yaml:26", "LS114 template.yaml:26", "LS114 template.yaml:36"]),
        RuleFixture(
            .lifetimesDoNotFit, "tokens live longer than the authorizer takes them", in: sam,
            .replace(
                "JWT_AUDIENCE: bookings", in: "template.yaml",
                with: "JWT_AUDIENCE: bookings\n          JWT_EXPIRATION_HOURS: 48\n          JWT_MAX_LIFETIME_HOURS: 24"
            ),
            finds: ["LS301 template.yaml:27", "LS301 template.yaml:27"]),
    ]

    @Test("SAM: each fault is found where it stands, and gone when it is mended", arguments: inSAM)
    func ruleInSAM(_ fixture: RuleFixture) { fixture.verify() }

    // MARK: serverless.yml

    private static let framework: [String: String] = [
        "serverless.yml": """
        service: bookings
        frameworkVersion: "3"

        custom:
          secrets:
            staging: /bookings/staging/jwt
            production: /bookings/production/jwt

        provider:
          name: aws
          runtime: nodejs20.x
          stage: ${opt:stage, 'staging'}
          environment:
            STAGE: ${sls:stage}

        functions:
          login:
            handler: src/login.handler
            environment:
              JWT_AUDIENCE: bookings
              JWT_SECRET: ${ssm:${self:custom.secrets.${sls:stage}}}
          authorizer:
            handler: src/authorizer.handler
            environment:
              JWT_AUDIENCE: bookings
              JWT_SECRET: ${ssm:${self:custom.secrets.${sls:stage}}}
          health:
            handler: src/health.handler
        """,
        "src/health.js": "exports.handler = async () => ({ statusCode: 200 });\n",
        "package.json": #"{"name": "bookings", "dependencies": {"jsonwebtoken": "^9.0.2"}}"#,
        "src/login.js": """
        const jwt = require('jsonwebtoken');

        exports.handler = async (event) => ({
          token: jwt.sign({ sub: event.user }, process.env.JWT_SECRET, { algorithm: 'HS256', expiresIn: '15m' }),
        });
        """,
        "src/authorizer.js": """
        const jwt = require('jsonwebtoken');

        exports.handler = async (event) => ({
          principalId: jwt.verify(event.authorizationToken, process.env.JWT_SECRET, { algorithms: ['HS256'] }).sub,
        });
        """,
    ]

    private static let parameter = "JWT_SECRET: ${ssm:${self:custom.secrets.${sls:stage}}}"

    private static func differently(_ old: String, _ new: String) -> [String: String] {
        changed("serverless.yml", in: framework, old, new)
    }

    private static let inFramework = [
        RuleFixture(
            .missingSecret, "the second function is forgotten", broken: differently("      \(parameter)", ""),
            mended: framework, finds: ["LS101 serverless.yml:22", "LS101 serverless.yml:22"]),
        RuleFixture(
            .differentSecrets, "the second function names another parameter",
            broken: differently(parameter, "JWT_SECRET: ${ssm:/authorizer/${sls:stage}/jwt}"), mended: framework,
            finds: ["LS102 serverless.yml:26", "LS102 serverless.yml:26"]),
        RuleFixture(
            .defaultReachesProduction, "a default for what the shell does not set", in: framework,
            .replace(parameter, in: "serverless.yml", with: "JWT_SECRET: ${env:JWT_SECRET, 'bookings-dev-secret'}"),
            finds: [
                "LS104 serverless.yml:21", "LS104 serverless.yml:21", "LS104 serverless.yml:26",
                "LS104 serverless.yml:26",
            ]),
        RuleFixture(
            .weakSecret, "a short text is the secret of every stage", in: framework,
            .replace(parameter, in: "serverless.yml", with: "JWT_SECRET: changeit"),
            finds: [
                "LS106 serverless.yml:21", "LS106 serverless.yml:26", "LS114 serverless.yml:21",
                "LS114 serverless.yml:26",
            ]),
        RuleFixture(
            .sharedAcrossEnvironments, "one parameter for all stages", in: framework,
            .replace("/bookings/staging/jwt", in: "serverless.yml", with: "/bookings/production/jwt"),
            finds: ["LS107 serverless.yml:21"]),
        RuleFixture(
            .mixedEnvironments, "the second function is told another stage",
            broken: differently(
                "      JWT_AUDIENCE: bookings", "      STAGE: dev\n      JWT_AUDIENCE: bookings"), mended: framework,
            finds: ["LS109 serverless.yml:25", "LS109 serverless.yml:25"]),
        RuleFixture(
            .policyDiffers, "the functions want two audiences",
            broken: differently("JWT_AUDIENCE: bookings", "JWT_AUDIENCE: api"),
            mended: framework, finds: ["LS110 serverless.yml:25", "LS110 serverless.yml:25"]),
        RuleFixture(
            .plainTextInTemplate, "a good secret stands in the file", in: framework,
            .replace(parameter, in: "serverless.yml", with: "JWT_SECRET: \(Given.strong)"),
            finds: ["LS107 serverless.yml:21", "LS114 serverless.yml:21", "LS114 serverless.yml:26"]),
        RuleFixture(
            .lifetimesDoNotFit, "tokens outlive what the second function takes", in: framework,
            .replace(
                "JWT_AUDIENCE: bookings", in: "serverless.yml",
                with: "JWT_AUDIENCE: bookings\n      JWT_EXPIRATION_HOURS: 48\n      JWT_MAX_LIFETIME_HOURS: 24"),
            finds: ["LS301 serverless.yml:22", "LS301 serverless.yml:22"]),
    ]

    @Test("serverless.yml: each fault is found where it stands, and gone when it is mended", arguments: inFramework)
    func ruleInFramework(_ fixture: RuleFixture) { fixture.verify() }
}
