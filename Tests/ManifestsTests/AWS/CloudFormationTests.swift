import Evidence
import Secrets
import Testing

@testable import Manifests

@Suite("CloudFormation, SAM and the CDK's output")
struct CloudFormationTests {
    static func read(_ files: [String: String]) -> ManifestReading {
        ManifestReaders.read(SourceTree(files), readers: [CloudFormationReader()])
    }

    static let frame = """
        AWSTemplateFormatVersion: '2010-09-09'
        Parameters:
          Stage: {Type: String, Default: prod}
          Jwt: {Type: String, NoEcho: true}
          JwtArn: {Type: String, Default: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:jwt-AbCdE1'}
          FromStore: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /prod/jwt}
        Mappings:
          Keys: {prod: {name: prod-jwt}}
        Conditions:
          IsProd: !Equals [!Ref Unknown, prod]
          Always: !Equals [a, a]
        Resources:
          Secret:
            Type: AWS::SecretsManager::Secret
            Properties: {Name: acme/jwt, GenerateSecretString: {PasswordLength: 48}}
          Unnamed:
            Type: AWS::SecretsManager::Secret
            Properties: {GenerateSecretString: {PasswordLength: 48}}
          Task:
            Type: AWS::ECS::TaskDefinition
            Properties:
              Family: acme
              ContainerDefinitions:
                - Name: backend

        """

    @Test(
        "a value of a container is followed through the template's functions",
        arguments: [
            ("in-the-open", "in-the-open"), ("!Ref Jwt", "<template:t.yaml/Jwt>"),
            ("{Ref: Jwt}", "<template:t.yaml/Jwt>"),
            ("!Ref Stage", "<template:t.yaml/Stage-prod>"), ("!Ref FromStore", "<ssm:/prod/jwt>"),
            ("!Sub 'a-${Jwt}-b'", "a-<template:t.yaml/Jwt>-b"),
            ("!Sub ['${X}-${!Y}', {X: !Ref Jwt}]", "<template:t.yaml/Jwt>-${Y}"),
            ("{'Fn::Sub': '${Jwt}'}", "<template:t.yaml/Jwt>"),
            ("!Join ['-', [a, !Ref Jwt]]", "a-<template:t.yaml/Jwt>"),
            ("!FindInMap [Keys, prod, name]", "prod-jwt"), ("!FindInMap [Keys, !Ref Jwt, name]", "<?>"),
            ("!ImportValue shared-jwt", "<template:import shared-jwt>"),
            ("!GetAtt Other.Value", "<template:t.yaml/Other.Value>"),
            ("!If [IsProd, a, a]", "a"), ("!If [IsProd, a, b]", "<?>"), ("!If [Always, a, b]", "a"),
            ("!If [Missing, a, b]", "<?>"),
            ("!Select [0, [a]]", "<?>"), ("!Ref AWS::Region", "<template:AWS::Region>"),
            ("'{{resolve:secretsmanager:acme/jwt:SecretString:key}}'", "<aws:acme/jwt#key>"),
            ("'{{resolve:secretsmanager:acme/jwt}}'", "<aws:acme/jwt>"),
            (
                "'{{resolve:secretsmanager:arn:aws:secretsmanager:eu-west-1:123456789012:secret:jwt-AbCdE1:SecretString:key}}'",
                "<aws:eu-west-1:123456789012/jwt#key>"
            ),
            ("'{{resolve:ssm-secure:/prod/jwt:3}}'", "<ssm:/prod/jwt@3>"), ("'{{resolve:ssm:jwt}}'", "<ssm:jwt>"),
            ("!Sub '{{resolve:secretsmanager:${Secret}:SecretString:key}}'", "<aws:acme/jwt#key>"),
            ("!Sub '{{resolve:secretsmanager:${Unnamed}:SecretString:key}}'", "<template:t.yaml/Unnamed#key>"),
            ("!Join ['', ['{{resolve:secretsmanager:', !Ref Secret, ':SecretString:key::}}']]", "<aws:acme/jwt#key>"),
            ("'{\"type\":\"HS256\",\"key\":\"{{resolve:ssm:jwt}}\"}'", "{\"type\":\"HS256\",\"key\":\"<ssm:jwt>\"}"),
        ])
    func values(expression: String, expected: String) throws {
        let text = Self.frame + "          Environment: [{Name: V, Value: \(expression)}]\n"
        let reading = Self.read(["t.yaml": text])
        #expect(reading.unread == [])
        #expect(try spelled(#require(reading.stacks.first?.workloads.first?["V"]).value) == expected)
    }

    @Test(
        "the place of a secret is one however it is named",
        arguments: [
            ("!Ref Secret", "<aws:acme/jwt>"), ("!Sub '${Secret}:key::'", "<aws:acme/jwt#key>"),
            ("!Sub '${Unnamed}:key::'", "<template:t.yaml/Unnamed#key>"), ("!Ref Unnamed", "<template:t.yaml/Unnamed>"),
            ("!Sub 'arn:aws:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:acme/jwt'", "<aws:acme/jwt>"),
            (
                "!Sub 'arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:acme/jwt:key::'",
                "<aws:acme/jwt#key>"
            ),
            ("!Sub 'arn:aws:ssm:${AWS::Region}:${AWS::AccountId}:parameter/acme/jwt'", "<ssm:/acme/jwt>"),
            (
                "!Join ['', ['arn:', !Ref AWS::Partition, ':ssm:', !Ref AWS::Region, ':', !Ref AWS::AccountId, ':parameter/jwt']]",
                "<ssm:jwt>"
            ),
            ("!Ref JwtArn", "<template:t.yaml/JwtArn-<aws:eu-west-1:123456789012/jwt>>"),
            ("/acme/jwt", "<ssm:/acme/jwt>"),
            ("!Sub '/${Stage}/jwt'", "<ssm:/${Stage}/jwt>"), ("!ImportValue arn", "<template:import arn-nothing>"),
            ("!GetAtt Secret.Id", "<aws:acme/jwt>"),
        ])
    func places(expression: String, expected: String) throws {
        let text = Self.frame + "          Secrets: [{Name: V, ValueFrom: \(expression)}]\n"
        let value = try #require(Self.read(["t.yaml": text]).stacks.first?.workloads.first?["V"]).value
        #expect(spelled(value) == expected.replacing("-nothing>", with: ">"))
    }

    @Test("functions of SAM have the shared variables and their own, each at its line")
    func serverless() throws {
        let reading = Self.read([
            "template.yaml": """
            AWSTemplateFormatVersion: '2010-09-09'
            Transform: AWS::Serverless-2016-10-31
            Globals:
              Function:
                Environment:
                  Variables:
                    JWT_SECRET: shared
                    LOG: debug
            Resources:
              Login:
                Type: AWS::Serverless::Function
                Properties:
                  CodeUri: src/login/
              Orders:
                Type: AWS::Serverless::Function
                Properties:
                  Environment:
                    Variables:
                      JWT_SECRET: own
                      GONE: !Ref AWS::NoValue
            """
        ])
        let stack = try #require(reading.stacks.first)
        #expect(stack.target == .serverless)
        #expect(
            stack.workloads.map { spelled($0.assignments) } == [
                ["JWT_SECRET=shared", "LOG=debug"], ["JWT_SECRET=own", "LOG=debug"],
            ])
        #expect(stack.workloads[0].sourceDirectory == "src/login")
        #expect(spelled(stack.workloads[1]["JWT_SECRET"]?.position) == "template.yaml:19:11")
        #expect(spelled(stack.workloads[1].overridden) == ["JWT_SECRET=shared"])
    }

    @Test("what the CDK writes is read, JSON and joins and all")
    func synthesised() throws {
        let reading = Self.read([
            "cdk.out/AcmeProd.template.json": """
            {"Resources": {
              "TaskDef54694570": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"Family": "acme", "ContainerDefinitions": [
                {"Name": "backend", "Environment": [{"Name": "JWT_SECRET", "Value": "in-the-open"}],
                 "Secrets": [{"Name": "DB", "ValueFrom": {"Fn::Join": ["", [{"Ref": "Db"}, ":password::"]]}}]}]}},
              "Db": {"Type": "AWS::SecretsManager::Secret", "Properties": {"GenerateSecretString": {}}},
              "Fn": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "hook", "Environment": {"Variables": {"JWT_SECRET": "{{resolve:ssm:jwt}}"}}}}
            }}
            """
        ])
        let stack = try #require(reading.stacks.first)
        #expect(stack.environment?.environment == .production)
        #expect(stack.workloads.map(\.name) == ["backend", "hook"])
        #expect(
            spelled(stack.workloads[0].assignments) == [
                "JWT_SECRET=in-the-open", "DB=<template:cdk.out/AcmeProd.template.json/Db#password>",
            ])
        #expect(spelled(stack.workloads[0].assignments[0].position) == "cdk.out/AcmeProd.template.json:3:50")
    }

    @Test("an environment that may be chosen is a stack for each choice")
    func choices() {
        let reading = Self.read([
            "t.yaml": """
            AWSTemplateFormatVersion: '2010-09-09'
            Parameters:
              Env: {Type: String, AllowedValues: [staging, production], Default: staging}
            Mappings:
              Keys: {staging: {arn: /staging/jwt}, production: {arn: /production/jwt}}
            Resources:
              Task:
                Type: AWS::ECS::TaskDefinition
                Properties:
                  ContainerDefinitions:
                    - Name: api
                      Secrets: [{Name: JWT_SECRET, ValueFrom: !FindInMap [Keys, !Ref Env, arn]}]
            """
        ])
        #expect(reading.stacks.map { $0.environment?.environment } == [.staging, .production])
        #expect(
            reading.stacks.map { spelled($0.workloads[0].assignments) } == [
                ["JWT_SECRET=<ssm:/staging/jwt>"], ["JWT_SECRET=<ssm:/production/jwt>"],
            ])
    }

    @Test("secrets that stand in a template are told")
    func loose() {
        let reading = Self.read([
            "t.yaml": """
            AWSTemplateFormatVersion: '2010-09-09'
            Parameters:
              JwtSecret: {Type: String, NoEcho: true, Default: change-me}
            Resources:
              Jwt:
                Type: AWS::SecretsManager::Secret
                Properties:
                  SecretString: '{"jwt_secret": "abc", "issuer": "x"}'
              P:
                Type: AWS::SSM::Parameter
                Properties: {Name: /prod/api-token, Type: String, Value: def}
            """
        ])
        #expect(
            spelled(reading.loose) == [
                "JwtSecret=change-me configuration t.yaml:3", "jwt_secret=abc secretObject t.yaml:8",
                "api-token=def configuration t.yaml:11",
            ])
    }

    @Test(
        "an entry or a list that a function chooses leaves the list open",
        arguments: [
            "Environment: [!If [IsProd, {Name: A, Value: b}, !Ref AWS::NoValue]]", "Environment: !If [IsProd, [], []]",
            "Secrets: [!If [IsProd, {Name: A, ValueFrom: b}, !Ref AWS::NoValue]]",
            "EnvironmentFiles: [{Value: x, Type: s3}]",
        ])
    func openLists(text: String) {
        let reading = Self.read(["t.yaml": Self.frame + "          \(text)\n"])
        #expect(reading.stacks.first?.workloads.first?.gaps.count == 1)
    }

    @Test("App Runner, Batch and Beanstalk")
    func others() {
        let reading = Self.read([
            "t.yaml": """
            AWSTemplateFormatVersion: '2010-09-09'
            Resources:
              A:
                Type: AWS::AppRunner::Service
                Properties:
                  ServiceName: api
                  SourceConfiguration:
                    ImageRepository:
                      ImageConfiguration:
                        RuntimeEnvironmentVariables: [{Name: A, Value: b}]
                        RuntimeEnvironmentSecrets: [{Name: S, Value: 'arn:aws:ssm:${R}:${A}:parameter/x'}]
              B:
                Type: AWS::Batch::JobDefinition
                Properties: {ContainerProperties: {Environment: [{Name: C, Value: d}]}}
              E:
                Type: AWS::ElasticBeanstalk::Environment
                Properties:
                  OptionSettings: [{Namespace: 'aws:elasticbeanstalk:application:environment', OptionName: E, Value: f}]
            """
        ])
        #expect(
            reading.stacks.first?.workloads.map { "\($0.name) \(spelled($0.assignments))" } == [
                "api [\"A=b\", \"S=<ssm:x>\"]", "B [\"C=d\"]", "E [\"E=f\"]",
            ])
    }

    @Test("references in circles end, and what can't be read is named")
    func faults() {
        let reading = Self.read([
            "a.yaml":
                "AWSTemplateFormatVersion: x\nConditions: {A: !Not [!Condition A]}\nResources: {F: {Type: 'AWS::Lambda::Function', Properties: {Environment: {Variables: {V: !If [A, a, b]}}}}}",
            "b.yaml": "AWSTemplateFormatVersion: x\nResources: [",
            "c.json": "{\"AWSTemplateFormatVersion\": 1, \"Resources\": {",
            "d.yaml": "AWSTemplateFormatVersion: x",
        ])
        #expect(reading.stacks.flatMap { $0.workloads.flatMap { spelled($0.assignments) } } == ["V=<?>"])
        #expect(reading.unread.map(\.position.file) == ["b.yaml", "c.json"])
    }
}
