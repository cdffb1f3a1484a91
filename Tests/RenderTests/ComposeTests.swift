import Manifests
import Testing

@testable import Render

@Suite("compose")
struct ComposeTests {
    private func document(_ environment: String) throws -> ManifestNode {
        try #require(try Rendered(.compose, environment).documents("docker-compose.\(environment).yml").first)
    }

    @Test("each service is locked down and bounded", arguments: Repository.environments)
    func locked(environment: String) throws {
        for service in Repository.services {
            let definition = try #require(try document(environment)["services"]?[service])
            #expect(definition.text("user") == "10001:10001")
            #expect(definition.text("read_only") == "true")
            #expect(definition["cap_drop"]?.strings == ["ALL"])
            #expect(definition["security_opt"]?.strings == ["no-new-privileges:true"])
            #expect(definition["mem_limit"] != nil && definition["cpus"] != nil)
            #expect(definition[path: "healthcheck/test"]?.strings.last == "healthcheck")
        }
    }

    @Test("every secret is a file, nothing comes from the shell or has a default", arguments: Repository.environments)
    func secrets(environment: String) throws {
        let document = try document(environment)
        #expect(document.scalars.allSatisfy { !$0.text.replacing("$$", with: "").contains("$") })
        let known = try #require(document["secrets"]?.map?.map(\.key))
        for service in Repository.services {
            let definition = try #require(document["services"]?[service])
            let mounted = definition["secrets"]?.list ?? []
            #expect(!mounted.isEmpty)
            for mount in mounted {
                let name = try #require(mount.text("target"))
                #expect(known.contains(mount.text("source") ?? ""))
                #expect(definition["environment"]?[name + "_FILE"]?.scalar?.text == "/run/secrets/\(name)")
                #expect(definition["environment"]?[name] == nil)
            }
        }
    }

    @Test("who verifies starts before who signs; only public services have a port", arguments: Repository.environments)
    func order(environment: String) throws {
        let services = try #require(try document(environment)["services"])
        for issuer in ["pp-backend", "cp-backend"] {
            let before = services[issuer]?["depends_on"]?.map?.map(\.key)
            #expect(before == ["plant-backend", "plant-gateway"])
        }
        #expect(services["plant-backend"]?["ports"] == nil)
        #expect(services["plant-gateway"]?["ports"]?.strings == ["127.0.0.1:8000:8000"])
    }
}
