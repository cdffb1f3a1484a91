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

    @Test("a folder of a program is none by itself: services/mail/index.js")
    func parts() {
        #expect(ProgramFolders.started(by: "src/services/mail/index.js") == nil)
        #expect(ProgramFolders.started(by: "services/mail/src/index.js") == "services/mail")
        #expect(ProgramFolders.started(by: "services/mail/app/main.py") == "services/mail")
        #expect(ProgramFolders.started(by: "web/src/main.ts") == nil)
    }
}
