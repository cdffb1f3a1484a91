import Evidence
import Secrets
import Testing

@testable import Manifests

@Suite("serverless.yml")
struct ServerlessTests {
    static func read(_ files: [String: String]) -> ManifestReading {
        ManifestReaders.read(SourceTree(files), readers: [ServerlessReader()])
    }

    @Test(
        "variables are followed",
        arguments: [
            ("${ssm:/prod/jwt}", "<ssm:/prod/jwt>"), ("${ssm:/aws/reference/secretsmanager/jwt~true}", "<aws:jwt>"),
            ("${env:JWT}", "<env:JWT>"), ("${env:JWT, 'local'}", "<env:JWT-local>"), ("${self:custom.a}", "text"),
            ("${self:custom.none, 'd'}", "d"), ("${opt:stage, 'dev'}", "dev"), ("${sls:stage}", "dev"),
            ("${self:custom.b.${self:provider.stage}}", "for-dev"), ("x-${self:custom.a}-y", "x-text-y"),
            ("${self:custom.loop}", "<?>"), ("${self:custom.none}", "<?>"), ("${file(./more.yml):k.j}", "from-a-file"),
            ("${cf:stack.Jwt}", "<template:import stack.Jwt>"), ("${self:custom.later}", "<env:JWT>"),
            ("plain", "plain"),
            ("${param:p}", "<template:serverless.yml/param p>"), ("${unclosed", "${unclosed"),
        ])
    func variables(text: String, expected: String) throws {
        let reading = Self.read([
            "serverless.yml": """
            service: api
            custom:
              a: text
              b: {dev: for-dev, other: x}
              loop: ${self:custom.loop}
              later: ${env:JWT}
            provider:
              name: aws
              stage: ${opt:stage, 'dev'}
              environment: {V: "\(text)"}
            functions:
              f: {handler: src/f.main}
            """,
            "more.yml": "k: {j: from-a-file}",
        ])
        #expect(try spelled(#require(reading.stacks.first?.workloads.first?["V"]).value) == expected)
    }

    @Test("each stage with settings of its own is a stack; a function's own variables win")
    func stages() {
        let reading = Self.read([
            "serverless.yml": """
            provider:
              stage: ${opt:stage, 'dev'}
              environment: ${file(env.yml):${self:provider.stage}}
            custom:
              secrets:
                dev: dev-value
                production: ${ssm:/production/jwt}
            functions:
              login: {handler: a.b}
              orders:
                handler: c.d
                environment:
                  JWT_SECRET: ${self:custom.secrets.${sls:stage}}
            """,
            "env.yml": "dev: {JWT_SECRET: a}\nproduction: {JWT_SECRET: b}",
        ])
        #expect(reading.stacks.map { $0.environment?.environment } == [.development, .production])
        #expect(
            reading.stacks.map { $0.workloads.map { spelled($0.assignments) } } == [
                [["JWT_SECRET=a"], ["JWT_SECRET=dev-value"]], [["JWT_SECRET=b"], ["JWT_SECRET=<ssm:/production/jwt>"]],
            ])
    }

    @Test("what brings variables from elsewhere leaves the list open; a broken file is named")
    func faults() {
        let reading = Self.read([
            "serverless.yml": "provider: {environment: '${file(gone.yml)}'}\nfunctions: {f: {handler: a}}",
            "b/serverless.yml": "provider: [",
        ])
        #expect(reading.stacks.first?.workloads.first?.gaps.count == 1)
        #expect(reading.unread.count == 1)
    }
}
