import Manifests
import Testing

@testable import Render

@Suite("Cloud Run")
struct CloudRunTests {
    static let all = Repository.environments.flatMap { environment in Repository.services.map { (environment, $0) } }

    @Test("a wrong key never serves: the startup probe asks /ready, for longer than an issuer's grace", arguments: all)
    func probes(environment: String, service: String) throws {
        let document = try Rendered(.cloudRun, environment).document("\(service).yaml", kind: "Service")
        let container = try #require(document[path: "spec/template/spec/containers/0"])
        #expect(container.text("startupProbe/httpGet/path") == "/ready")
        #expect(container.text("livenessProbe/httpGet/path") == "/health")
        let period = Int(container.text("startupProbe/periodSeconds") ?? "") ?? 0
        let failures = Int(container.text("startupProbe/failureThreshold") ?? "") ?? 0
        // KEY_AGREEMENT_GRACE_SECONDS and the store's wait are 30 each; Cloud Run allows 240.
        #expect((60...240).contains(period * failures))
    }

    @Test("the processor is always there, so that heartbeats go on", arguments: all)
    func throttling(environment: String, service: String) throws {
        let document = try Rendered(.cloudRun, environment).document("\(service).yaml", kind: "Service")
        let annotations = try #require(document[path: "spec/template/metadata/annotations"])
        let throttling = annotations["run.googleapis.com/cpu-throttling"]?.scalar
        #expect(throttling == ManifestScalar("false", isPlain: false))
        // Annotations are strings, always.
        #expect(annotations.scalars.allSatisfy { $0.kind == .string })
        let declaration = try Repository.declared.get()
        let scaling = try #require(declaration.service(service)?.deployment(in: environment)?.scaling)
        #expect(annotations["autoscaling.knative.dev/minScale"]?.scalar?.text == String(scaling.minimum))
        #expect(annotations["autoscaling.knative.dev/maxScale"]?.scalar?.text == String(scaling.maximum))
        let ingress = document[path: "metadata/annotations"]?["run.googleapis.com/ingress"]?.scalar?.text
        #expect(ingress == (service == "plant-backend" ? "internal" : "all"))
    }

    @Test("PORT is Cloud Run's own, and other services have the URLs that it gives them", arguments: all)
    func variables(environment: String, service: String) throws {
        let document = try Rendered(.cloudRun, environment).document("\(service).yaml", kind: "Service")
        let container = try #require(document[path: "spec/template/spec/containers/0"])
        #expect(container.named("PORT", in: "env") == nil)
        let number = environment == "staging" ? "100000000001" : "100000000002"
        let urls = container.named("PORTAL_URLS", in: "env")?.text("value")
        #expect(
            urls
                == "https://pp-backend-\(number).europe-west1.run.app,https://cp-backend-\(number).europe-west1.run.app"
        )
        #expect(container.named("ENVIRONMENT", in: "env")?.text("value") == environment)
        let database = container.named("DATABASE_URL", in: "env")?.text("value") ?? ""
        #expect(!database.hasPrefix("sqlite:"))
        #expect(database.isEmpty == (container.named("DATABASE_PASSWORD", in: "env") == nil))
    }

    @Test("the smallest instance whose processor stays, where less is declared")
    func leastInstance() throws {
        let document = try Rendered(.cloudRun, "staging").document("plant-gateway.yaml", kind: "Service")
        let limits = try #require(document[path: "spec/template/spec/containers/0/resources/limits"])
        #expect(limits.text("memory") == "512Mi")
        #expect(limits.text("cpu") == "1")
    }

    @Test("secrets of another project are named by their place there")
    func otherProject() throws {
        let text = Repository.declaration.replacing(
            "    registry: registry.example.org/lockstep-staging",
            with: "    registry: registry.example.org/lockstep-staging\n    project: keys")
        let document = try Rendered(.cloudRun, "staging", from: text).document("plant-gateway.yaml", kind: "Service")
        let annotations = document[path: "spec/template/metadata/annotations"]
        #expect(
            annotations?["run.googleapis.com/secrets"]?.scalar?.text
                == "jwt-secret-staging:projects/keys/secrets/jwt-secret-staging,"
                + "lockstep-internal-token-staging:projects/keys/secrets/lockstep-internal-token-staging")
    }
}
