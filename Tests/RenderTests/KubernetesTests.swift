import Manifests
import Testing

@testable import Render

@Suite("Kubernetes")
struct KubernetesTests {
    static let all = Repository.environments.flatMap { environment in Repository.services.map { (environment, $0) } }

    @Test("no pod runs as root, gains privileges or writes to its image", arguments: all)
    func locked(environment: String, service: String) throws {
        let document = try Rendered(.kubernetes, environment).document("\(service).yaml", kind: "Deployment")
        let pod = try #require(document[path: "spec/template/spec"])
        #expect(pod.text("securityContext/runAsNonRoot") == "true")
        #expect(pod.text("securityContext/runAsUser") == "10001")
        #expect(pod.text("securityContext/seccompProfile/type") == "RuntimeDefault")
        #expect(pod.text("automountServiceAccountToken") == "false")
        #expect(pod.text("enableServiceLinks") == "false")
        let container = try #require(pod[path: "containers/0"])
        #expect(container.text("securityContext/allowPrivilegeEscalation") == "false")
        #expect(container.text("securityContext/readOnlyRootFilesystem") == "true")
        #expect(container[path: "securityContext/capabilities/drop"]?.strings == ["ALL"])
        #expect(container["securityContext"]?["privileged"] == nil)
        let account = try Rendered(.kubernetes, environment).document("\(service).yaml", kind: "ServiceAccount")
        #expect(account.text("automountServiceAccountToken") == "false")
        #expect(account.text("metadata/name") == pod.text("serviceAccountName"))
    }

    @Test("alive by /health, ready by /ready, with what the declaration allots", arguments: all)
    func probes(environment: String, service: String) throws {
        let document = try Rendered(.kubernetes, environment).document("\(service).yaml", kind: "Deployment")
        let container = try #require(document[path: "spec/template/spec/containers/0"])
        #expect(container.text("livenessProbe/httpGet/path") == "/health")
        #expect(container.text("readinessProbe/httpGet/path") == "/ready")
        #expect(container.text("startupProbe/httpGet/path") == "/health")
        let declaration = try Repository.declared.get()
        let scaling = try #require(declaration.service(service)?.deployment(in: environment)?.scaling)
        for kind in ["requests", "limits"] {
            #expect(container.text("resources/\(kind)/cpu") == Quantity.processors(scaling.milliCPU))
            #expect(container.text("resources/\(kind)/memory") == Quantity.memory(scaling.memory))
        }
    }

    @Test("an update waits for readiness; one with a SQLite file stops the old pod first", arguments: all)
    func updates(environment: String, service: String) throws {
        let spec = try #require(
            try Rendered(.kubernetes, environment).document("\(service).yaml", kind: "Deployment")["spec"])
        #expect(spec.text("minReadySeconds") == "10")
        let container = try #require(spec[path: "template/spec/containers/0"])
        let database = container.named("DATABASE_URL", in: "env")?.text("value") ?? ""
        if database.hasPrefix("sqlite:") {
            #expect(spec.text("strategy/type") == "Recreate")
            #expect(spec.text("replicas") == "1")
            #expect(spec.text("template/spec/securityContext/fsGroup") == "10001")
        } else {
            #expect(spec.text("strategy/type") == "RollingUpdate")
            #expect(spec.text("strategy/rollingUpdate/maxUnavailable") == "0")
            #expect(spec.text("strategy/rollingUpdate/maxSurge") == "1")
        }
    }

    @Test("what may have several pods has a budget; what scales has an autoscaler in place of a number", arguments: all)
    func scaling(environment: String, service: String) throws {
        let declaration = try Repository.declared.get()
        let scaling = try #require(declaration.service(service)?.deployment(in: environment)?.scaling)
        let documents = try Rendered(.kubernetes, environment).documents("\(service).yaml")
        func kind(_ name: String) -> ManifestNode? { documents.first { $0.text("kind") == name } }
        #expect((kind("PodDisruptionBudget") != nil) == (scaling.maximum > 1))
        let autoscaler = kind("HorizontalPodAutoscaler")
        #expect((autoscaler != nil) == (scaling.maximum > scaling.minimum))
        #expect((kind("Deployment")?[path: "spec/replicas"] == nil) == (autoscaler != nil))
        if let autoscaler {
            #expect(autoscaler.text("spec/minReplicas") == String(scaling.minimum))
            #expect(autoscaler.text("spec/maxReplicas") == String(scaling.maximum))
            #expect(autoscaler.text("spec/scaleTargetRef/name") == service)
        }
    }

    @Test("only the suite reaches a service, and the ingress those with a public name", arguments: all)
    func network(environment: String, service: String) throws {
        let policy = try Rendered(.kubernetes, environment).document("\(service).yaml", kind: "NetworkPolicy")
        #expect(policy[path: "spec/policyTypes"]?.strings == ["Ingress"])
        #expect(policy.text("spec/podSelector/matchLabels/app.kubernetes.io") == nil)
        let rules = try #require(policy[path: "spec/ingress"]?.list)
        #expect(rules.count == 1)
        let peers = try #require(rules.first?["from"]?.list)
        #expect(peers.first?["podSelector"]?["matchLabels"]?["app.kubernetes.io/part-of"]?.scalar?.text == "lockstep")
        #expect(peers.dropFirst().allSatisfy { $0["namespaceSelector"] != nil })
        #expect(peers.count == (service == "plant-backend" ? 1 : 2))
    }

    @Test("who verifies is synced before who signs", arguments: Repository.environments)
    func order(environment: String) throws {
        let rendered = try Rendered(.kubernetes, environment)
        func wave(_ service: String) throws -> String? {
            let annotations = try rendered.document("\(service).yaml", kind: "Deployment")[path: "metadata/annotations"]
            return annotations?["argocd.argoproj.io/sync-wave"]?.scalar?.text
        }
        #expect(try Repository.services.map(wave) == ["2", "2", "1", "1"])
        let list = try #require(try rendered.documents("kustomization.yaml").first?["resources"])
        #expect(
            list.strings == [
                "namespace.yaml", "secrets.yaml", "plant-backend.yaml", "plant-gateway.yaml", "pp-backend.yaml",
                "cp-backend.yaml",
            ])
        #expect(rendered.files.filter { !$0.isDocument }.map(\.path) == ["kustomization.yaml"])
    }
}
