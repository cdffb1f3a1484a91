import Manifests
import Testing

@testable import Render

@Suite("every service of an environment has the same JWT_SECRET")
struct OneReferenceTests {
    @Test("on Kubernetes: the key of one Secret, whose name ends in the version", arguments: Repository.environments)
    func kubernetes(environment: String) throws {
        let rendered = try Rendered(.kubernetes, environment)
        for service in Repository.services {
            let pod = try rendered.document("\(service).yaml", kind: "Deployment")
            let variable = pod.named("JWT_SECRET", in: "spec/template/spec/containers/0/env")
            #expect(variable?.text("valueFrom/secretKeyRef/name") == "jwt-secret-\(environment)-v1")
            #expect(variable?.text("valueFrom/secretKeyRef/key") == "value")
            #expect(variable?["value"] == nil)
        }
        let made = try rendered.documents("secrets.yaml").filter {
            $0.text("spec/target/name") == "jwt-secret-\(environment)-v1"
        }
        #expect(made.count == 1)
        #expect(made.first?.text("spec/data/0/remoteRef/key") == "jwt-secret-\(environment)")
        #expect(made.first?.text("spec/data/0/remoteRef/version") == "1")
    }

    @Test("on Cloud Run: one secret by the number of its version", arguments: Repository.environments)
    func cloudRun(environment: String) throws {
        let rendered = try Rendered(.cloudRun, environment)
        for service in Repository.services {
            let document = try rendered.document("\(service).yaml", kind: "Service")
            let variable = document.named("JWT_SECRET", in: "spec/template/spec/containers/0/env")
            #expect(variable?.text("valueFrom/secretKeyRef/name") == "jwt-secret-\(environment)")
            #expect(variable?.text("valueFrom/secretKeyRef/key") == "1")
        }
    }

    @Test(
        "on ECS: one ARN by the stage of its version, in the template and in each task",
        arguments: Repository.environments)
    func ecs(environment: String) throws {
        let rendered = try Rendered(.ecs, environment)
        let account = environment == "staging" ? "100000000001" : "100000000002"
        let source = "arn:aws:secretsmanager:eu-central-1:\(account):secret:jwt-secret-\(environment)::v1:"
        let resources = try #require(try rendered.documents("services.yaml").first?["Resources"]?.map)
        let tasks = resources.filter { $0.value.text("Type") == "AWS::ECS::TaskDefinition" }
        #expect(tasks.count == Repository.services.count)
        for task in tasks {
            let secret = task.value.named("JWT_SECRET", in: "Properties/ContainerDefinitions/0/Secrets", key: "Name")
            #expect(secret?.text("ValueFrom") == source)
        }
        for service in Repository.services {
            let task = try #require(try rendered.documents("task-definitions/\(service).json").first)
            #expect(task.named("JWT_SECRET", in: "containerDefinitions/0/secrets")?.text("valueFrom") == source)
        }
    }

    @Test("in compose: one file, without a default", arguments: Repository.environments)
    func compose(environment: String) throws {
        let path = "docker-compose.\(environment).yml"
        let document = try #require(try Rendered(.compose, environment).documents(path).first)
        let name = "jwt-secret-\(environment)-v1"
        for service in Repository.services {
            let definition = try #require(document["services"]?[service])
            #expect(definition.text("environment/JWT_SECRET_FILE") == "/run/secrets/JWT_SECRET")
            #expect(definition["environment"]?["JWT_SECRET"] == nil)
            #expect(definition.named("JWT_SECRET", in: "secrets", key: "target")?.text("source") == name)
        }
        #expect(document["secrets"]?[name]?.text("file") == "/etc/lockstep/\(environment)/\(name)")
    }

    @Test("a new version in one place is a new version everywhere")
    func rotated() throws {
        let text = Repository.declaration.replacing(
            "secret_name: jwt-secret-staging, version: 1", with: "secret_name: jwt-secret-staging, version: 2")
        let rendered = try Rendered(.cloudRun, "staging", from: text)
        for service in Repository.services {
            let document = try rendered.document("\(service).yaml", kind: "Service")
            let variable = document.named("JWT_SECRET", in: "spec/template/spec/containers/0/env")
            #expect(variable?.text("valueFrom/secretKeyRef/key") == "2")
        }
    }
}
