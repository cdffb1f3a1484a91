import Evidence
import Testing

@testable import Check

@Suite("Which code a service runs")
struct ComponentTests {
    private static func component(
        _ name: String, command: String, files: [String] = [], facts: [SourceFacts]
    ) -> String? {
        var workload = Workload(name, at: Given.at("docker-compose.yml", 1))
        workload.sourceDirectory = "backend"
        workload.dockerfile = "backend/Dockerfile"
        workload.command = command.split(separator: " ").map(String.init)
        let components = Components(
            facts,
            files: facts.map(\.file) + files + [
                "backend/package.json", "backend/Dockerfile", "backend/apps/gateway/src/main.ts",
                "backend/apps/users/src/main.ts",
            ])
        return components.component(of: workload)?.directory
    }

    private static let code = [
        Given.code("backend/apps/gateway/src", .verify, Given.read("JWT_SECRET", "backend/apps/gateway/src"))
    ]

    @Test(
        "of programs that are built together the one of the name or the command, and none where it says nothing of keys",
        arguments: [
            ("gateway", "", "backend/apps/gateway"), ("gateway-service", "", "backend/apps/gateway"),
            ("api", "node dist/apps/gateway/main", "backend/apps/gateway"), ("users", "", nil),
            ("gateway", "node dist/apps/users/main", nil),
        ])
    func siblings(name: String, command: String, expected: String?) {
        #expect(Self.component(name, command: command, facts: Self.code) == expected)
    }

    @Test("a program that says nothing of keys is not the repository around it")
    func silent() {
        var workload = Workload("mail", at: Given.at("docker-compose.yml", 1))
        workload.sourceDirectory = ""
        workload.dockerfile = "mail/Dockerfile"
        let components = Components(
            [Given.code("lib", .verify, Given.read("JWT_SECRET", "lib"))],
            files: ["package.json", "lib/main.py", "mail/package.json", "mail/Dockerfile"])
        #expect(components.component(of: workload) == nil)
    }

    @Test("what an image runs is told by another stack that builds a service of its name; nothing where two build one")
    func builtElsewhere() {
        func found(_ folders: String..., image: String = "registry.example/shop/orders:4") -> String? {
            let builds = folders.enumerated().map { index, folder in
                var workload = Workload("orders", at: Given.at("compose\(index).yml", 1))
                workload.sourceDirectory = folder
                return Stack(
                    .compose, name: "compose\(index).yml", environment: nil, files: ["compose\(index).yml"],
                    workloads: [workload])
            }
            var deployed = Workload("orders-prod", at: Given.at("k8s/orders.yaml", 1))
            deployed.image = image
            let components = Components(
                [
                    Given.code("OrderService", .verify, Given.read("JWT_SECRET", "OrderService")),
                    Given.code("Legacy", .verify, Given.read("JWT_SECRET", "Legacy")),
                ], files: ["OrderService/package.json", "Legacy/package.json"], stacks: builds)
            return components.component(of: deployed)?.directory
        }
        #expect(found("OrderService") == "OrderService")
        #expect(found("OrderService", "OrderService") == "OrderService")
        #expect(found("OrderService", "Legacy") == nil)
        #expect(found() == nil)
    }

    @Test("a folder of a program is none by itself: services/mail/index.js")
    func parts() {
        #expect(ProgramFolders.started(by: "src/services/mail/index.js") == nil)
        #expect(ProgramFolders.started(by: "services/mail/src/index.js") == "services/mail")
        #expect(ProgramFolders.started(by: "services/mail/app/main.py") == "services/mail")
        #expect(ProgramFolders.started(by: "web/src/main.ts") == nil)
    }
}
