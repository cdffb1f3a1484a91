import Evidence
import Secrets
import Testing

@testable import Manifests

@Suite("infrastructure.yaml, our own")
struct DeclarationTests {
    static let text = """
        version: 1
        environments:
          staging: {registry: registry.example.org/staging}
          production: {registry: registry.example.org/live, project: acme-secrets}
        services:
          portal:
            executable: portal
            tokens: {issues: lockstep-platform, verifies: [lockstep-platform, lockstep-customer]}
            environments:
              production:
                image: portal
                port: 8080
                scaling: {min: 0, max: 4, cpu: 0.5, memory: 512Mi}
                volumes: [{name: data, path: /data}]
                variables:
                  ENVIRONMENT: production
                  WORKERS: 4
                secrets:
                  - {name: JWT_SECRET, secret_name: jwt-secret-production, version: 3}
          worker:
            executable: plant
            environments:
              staging:
                image: team/plant
                port: 8001
                scaling: {min: 1, max: 1, cpu: 250m, memory: 2Gi}
        """

    @Test("every part is there, with its line")
    func reading() throws {
        let declaration = try Declaration.read(Self.text, file: "infrastructure.yaml")
        #expect(declaration.environments.map(\.name) == ["staging", "production"])
        #expect(declaration.environments.map(\.environment) == [.staging, .production])
        #expect(declaration.environment("production")?.project == "acme-secrets")
        let portal = try #require(declaration.service("portal"))
        #expect(portal.executable == "portal")
        #expect(portal.tokens?.issues == ["lockstep-platform"])
        #expect(portal.tokens?.verifies == ["lockstep-platform", "lockstep-customer"])
        #expect(portal.position.line == 6)
        let deployment = try #require(portal.deployment(in: "production"))
        #expect(deployment.image == "portal")
        #expect(deployment.port == 8080)
        #expect(deployment.scaling.minimum == 0)
        #expect(deployment.scaling.maximum == 4)
        #expect(deployment.scaling.milliCPU == 500)
        #expect(deployment.scaling.memory == 512 << 20)
        #expect(deployment.volumes.map(\.path) == ["/data"])
        #expect(deployment.variables.map(\.value) == ["production", "4"])
        #expect(deployment.variables[1].position.line == 17)
        let secret = try #require(deployment.secrets.first)
        #expect(secret.secretName == "jwt-secret-production")
        #expect(secret.version == "3")
        #expect(secret.position.line == 19)
        let worker = try #require(declaration.service("worker"))
        #expect(worker.tokens == nil)
        #expect(worker.deployment(in: "production") == nil)
        #expect(worker.deployments.first?.scaling.milliCPU == 250)
    }

    /// Each is one change of `text` that has to be refused, with the line and words of the fault.
    static let faults: [(from: String, to: String, line: Int, words: String)] = [
        ("version: 1\n", "", 1, "no version"),
        ("version: 1\n", "version: 2\n", 1, "not known"),
        ("version: 1\n", "version: 1\nservice: {}\n", 2, "service of the file is not understood"),
        ("  staging: {registry", "  somewhere: {registry", 3, "tells no environment"),
        ("project: acme", "projekt: acme", 4, "projekt"),
        ("portal:\n    exec", "Portal:\n    exec", 6, "no name for a service"),
        ("    executable: portal\n", "", 6, "no executable"),
        ("{issues: lockstep-platform, ", "{", 8, "has no issues"),
        ("verifies: [lockstep-platform, lockstep-customer]", "verifies: [none]", 8, "none stands in a list"),
        ("verifies: [lockstep-platform, lockstep-customer]", "verifies: [a, a]", 8, "twice"),
        ("      production:\n        image", "      prodution:\n        image", 10, "not among"),
        ("        image: portal\n", "", 10, "no image"),
        ("image: portal\n", "image: Portal:1\n", 11, "image is not understood"),
        ("port: 8080", "port: 808000", 12, "no number that fits"),
        ("port: 8080", "port: \"8080\"", 12, "no number that fits"),
        ("min: 0", "min: 9", 13, "above"),
        ("cpu: 0.5", "cpu: half", 13, "cpu is not understood"),
        ("memory: 512Mi", "memory: 512", 13, "memory is not understood"),
        ("path: /data", "path: data", 14, "no folder"),
        ("WORKERS: 4", "WORKERS: true", 17, "is a boolean"),
        ("WORKERS: 4", "WORK-ERS: 4", 17, "no name for a variable"),
        ("WORKERS: 4", "JWT_SECRET: x", 19, "variable as well"),
        (", version: 3", "", 19, "no version"),
        ("version: 3", "version: newest", 19, "version of a secret"),
        ("secret_name: jwt-secret-production", "secret: jwt", 19, "secret of an entry"),
        ("secret_name: jwt-secret-production", "secret_name: a b", 19, "no name that a store takes"),
        ("services:\n", "services: []\nx:\n", 5, "is a list"),
    ]

    @Test("a fault is named with its line", arguments: faults)
    func fault(_ example: (from: String, to: String, line: Int, words: String)) {
        let text = Self.text.replacing(example.from, with: example.to, maxReplacements: 1)
        #expect(text != Self.text)
        let error = #expect(throws: ManifestFaults.self) { try Declaration.read(text, file: "i.yaml") }
        let faults = error?.faults ?? []
        #expect(
            faults.contains { $0.position.line == example.line && $0.description.contains(example.words) },
            "\(faults)")
    }

    @Test("a floating version is read, since a rule speaks of it")
    func latest() throws {
        let text = Self.text.replacing("version: 3", with: "version: latest")
        let secret = try Declaration.read(text, file: "i.yaml").services[0].deployments[0].secrets[0]
        #expect(secret.isFloating)
    }

    @Test("no value of a variable is in a fault")
    func faultsAreSilent() {
        let text = Self.text.replacing("WORKERS: 4", with: "WORKERS: [hunter2-hunter2]")
        let error = #expect(throws: ManifestFaults.self) { try Declaration.read(text, file: "i.yaml") }
        #expect(error?.description.contains("hunter2") == false)
    }
}
