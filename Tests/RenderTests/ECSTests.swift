import Manifests
import Testing

@testable import Render

@Suite("ECS")
struct ECSTests {
    private func resources(_ environment: String) throws -> [ManifestNode.Member] {
        try #require(try Rendered(.ecs, environment).documents("services.yaml").first?["Resources"]?.map)
    }

    private func resource(_ name: String, in environment: String) throws -> ManifestNode {
        try #require(try resources(environment).first { $0.key == name }?.value, "\(name)")
    }

    static let ids = ["PpBackend", "CpBackend", "PlantBackend", "PlantGateway"]

    @Test("tasks run as 10001, without capabilities, on a read-only root", arguments: Repository.environments, ids)
    func locked(environment: String, id: String) throws {
        let container = try #require(
            try resource("\(id)Task", in: environment)[path: "Properties/ContainerDefinitions/0"])
        #expect(container.text("User") == "10001:10001")
        #expect(container.text("ReadonlyRootFilesystem") == "true")
        #expect(container[path: "LinuxParameters/Capabilities/Drop"]?.strings == ["ALL"])
        #expect(container[path: "HealthCheck/Command"]?.strings.suffix(2) == ["healthcheck", "--ready"])
    }

    @Test("an update is rolled back where new tasks never become ready", arguments: Repository.environments, ids)
    func updates(environment: String, id: String) throws {
        let service = try resource("\(id)Service", in: environment)
        let deployment = try #require(service[path: "Properties/DeploymentConfiguration"])
        #expect(deployment.text("DeploymentCircuitBreaker/Enable") == "true")
        #expect(deployment.text("DeploymentCircuitBreaker/Rollback") == "true")
        let isFile = environment == "staging" && id != "PlantGateway"
        #expect(deployment.text("MinimumHealthyPercent") == (isFile ? "0" : "100"))
        #expect(deployment.text("MaximumPercent") == (isFile ? "100" : "200"))
        #expect((service[path: "Properties/LoadBalancers"] == nil) == (id == "PlantBackend"))
    }

    @Test("who signs is updated after who verifies", arguments: Repository.environments)
    func order(environment: String) throws {
        for id in ["PpBackend", "CpBackend"] {
            let first = try resource("\(id)Service", in: environment)["DependsOn"]?.strings ?? []
            #expect(first.contains("PlantBackendService") && first.contains("PlantGatewayService"))
        }
        for id in ["PlantBackend", "PlantGateway"] {
            let first = try resource("\(id)Service", in: environment)["DependsOn"]?.strings ?? []
            #expect(!first.contains { $0.hasSuffix("Service") })
        }
    }

    @Test("the load balancer asks /ready, and lets nobody through to /internal", arguments: Repository.environments)
    func outside(environment: String) throws {
        for id in ["PpBackend", "CpBackend", "PlantGateway"] {
            #expect(try resource("\(id)Targets", in: environment).text("Properties/HealthCheckPath") == "/ready")
            let wall = try resource("\(id)NoInternal", in: environment)
            let route = try resource("\(id)Route", in: environment)
            #expect(wall.text("Properties/Actions/0/FixedResponseConfig/StatusCode") == "404")
            #expect(
                wall[path: "Properties/Conditions/1/PathPatternConfig/Values"]?.strings
                    == ["/internal", "/internal/*"])
            let (first, second) = (wall.text("Properties/Priority") ?? "", route.text("Properties/Priority") ?? "")
            #expect(try #require(Int(first)) < #require(Int(second)))
        }
        #expect(try resources(environment).contains { $0.key == "PlantBackendTargets" } == false)
    }

    @Test("the role may read the declared secrets, and no other", arguments: Repository.environments)
    func secrets(environment: String) throws {
        let role = try resource("ExecutionRole", in: environment)
        let statement = try #require(role[path: "Properties/Policies/0/PolicyDocument/Statement"]?.list)
        #expect(statement.count == 1)
        let allowed = try #require(statement.first?["Resource"]?.strings)
        #expect(allowed.allSatisfy { $0.hasPrefix("arn:aws:secretsmanager:") && $0.hasSuffix("-??????") })
        #expect(Set(allowed).count == allowed.count)
        let tasks = try resources(environment).filter { $0.value.text("Type") == "AWS::ECS::TaskDefinition" }
        for task in tasks {
            for secret in task.value[path: "Properties/ContainerDefinitions/0/Secrets"]?.list ?? [] {
                let place = (secret.text("ValueFrom") ?? "").split(separator: ":").prefix(7).joined(separator: ":")
                #expect(allowed.contains(place + "-??????"))
            }
        }
    }

    @Test(
        "the smallest Fargate task that has what is declared",
        arguments: [
            (250, 256, 256, 512), (1000, 512, 1024, 2048), (2000, 1024, 2048, 4096), (500, 8192, 1024, 8192),
            (300, 512, 512, 1024), (4000, 16384, 4096, 16384),
        ])
    func sizes(milli: Int, mebibytes: Int, units: Int, memory: Int) {
        let size = FargateSize(milliCPU: milli, bytes: mebibytes << 20)
        #expect(size.units == units)
        #expect(size.memory == memory)
    }
}
