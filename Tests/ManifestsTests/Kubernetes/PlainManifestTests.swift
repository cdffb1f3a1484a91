import Evidence
import Secrets
import Testing

@testable import Manifests

@Suite("plain manifests that are applied together")
struct PlainManifestTests {
    static let env = "env: [{name: JWT_SECRET, valueFrom: {secretKeyRef: {name: jwt, key: key}}}]"

    @Test("services in folders below k8s are one stack")
    func together() {
        let reading = kubernetes([
            "k8s/portal/deployment.yaml": deployment("portal"), "k8s/backend/deployment.yaml": deployment("backend"),
        ])
        #expect(reading.stacks.map { $0.workloads.map(\.name) } == [["backend", "portal"]])
        #expect(reading.stacks.first?.environment == nil)
    }

    @Test("folders and files that name environments are apart, and what stands beside them is for each")
    func environments() throws {
        let reading = kubernetes([
            "k8s/jwt.yaml": secret("jwt", "key", "shared-by-all"),
            "k8s/staging/api.yaml": deployment("api", env: Self.env),
            "k8s/production/api.yaml": deployment("api", env: Self.env),
            "k8s/production/jwt.yaml": secret("jwt", "key", "its-own"),
        ])
        let found = Dictionary(
            uniqueKeysWithValues: reading.stacks.map {
                ($0.environment?.environment, $0.workloads[0]["JWT_SECRET"]?.value)
            })
        #expect(found == [.staging: .literal("shared-by-all"), .production: .literal("its-own")])
    }

    @Test("one Secret's name in two namespaces is two Secrets")
    func namespaces() throws {
        let text = [
            deployment("api", namespace: "staging", env: Self.env),
            deployment("api", namespace: "production", env: Self.env),
            secret("jwt", "key", "staging-text", namespace: "staging"),
            secret("jwt", "key", "production-text", namespace: "production"),
        ].joined(separator: "---\n")
        let reading = kubernetes(["all.yaml": text])
        #expect(reading.stacks.map(\.environment?.environment) == [.staging, .production])
        #expect(
            reading.stacks.map { $0.workloads[0]["JWT_SECRET"]?.value }
                == [.literal("staging-text"), .literal("production-text")])
        #expect(reading.stacks[0].environment?.evidence == "the namespace at all.yaml:5")
    }

    @Test("services in namespaces of their own still talk to each other")
    func oneEnvironment() throws {
        let text = [
            deployment("portal", namespace: "portal", env: Self.env),
            deployment("api", namespace: "api", env: Self.env),
            secret("jwt", "key", "one", namespace: "portal"), secret("jwt", "key", "two", namespace: "api"),
        ].joined(separator: "---\n")
        let reading = kubernetes(["all.yaml": text])
        #expect(reading.stacks.count == 1)
        #expect(try variable("JWT_SECRET", of: "portal", in: reading).value == .literal("one"))
        #expect(try variable("JWT_SECRET", of: "api", in: reading).value == .literal("two"))
    }

    @Test("copies of one service in two folders are two stacks")
    func twins() {
        let reading = kubernetes(["deploy/a/api.yaml": deployment("api"), "deploy/b/api.yaml": deployment("api")])
        #expect(reading.stacks.map(\.name) == ["deploy/a", "deploy/b"])
    }

    @Test("folders beside the sources are one stack where one names a host of the other, and not otherwise")
    func related() {
        let url = "env: [{name: API_URL, value: \"http://api.shop.svc:8000/v1\"}]"
        let reading = kubernetes([
            "services/portal/k8s/all.yaml": deployment("portal", env: url),
            "services/api/k8s/all.yaml": deployment("api"), "other/k8s/all.yaml": deployment("blog"),
            "services/portal/k8s/staging/all.yaml": deployment("portal", env: url),
        ])
        #expect(
            reading.stacks.map(\.name) == [
                "other/k8s", "services/api/k8s + services/portal/k8s", "services/portal/k8s: staging",
            ])
    }

    @Test("services beside each environment's own Secret run once with each")
    func settingsAlone() throws {
        let reading = kubernetes([
            "k8s/api.yaml": deployment("api", env: Self.env),
            "k8s/jwt-staging.yaml": secret("jwt", "key", "staging-text"),
            "k8s/production/jwt.yaml": secret("jwt", "key", "production-text"),
        ])
        let found = Dictionary(
            uniqueKeysWithValues: reading.stacks.map {
                ($0.environment?.environment, $0.workloads.map { $0["JWT_SECRET"]?.value })
            })
        #expect(found == [.staging: [.literal("staging-text")], .production: [.literal("production-text")]])
    }

    static let told: [(String, DeploymentEnvironment?)] = [
        ("env: [{name: ENVIRONMENT, value: prod}]", .production),
        ("env: [{name: NODE_ENV, value: development}]", .development),
        ("env: [{name: ENVIRONMENT, value: staging}, {name: NODE_ENV, value: production}]", .staging),
        ("env: [{name: ENVIRONMENT, value: mars}]", nil),
    ]

    @Test("where no name tells the environment, a variable does", arguments: told)
    func toldByVariable(_ example: (String, DeploymentEnvironment?)) {
        let reading = kubernetes(["k8s/api.yaml": deployment("api", env: example.0)])
        #expect(reading.stacks.first?.environment?.environment == example.1)
    }

    @Test("a Service's name leads to the pods that it selects")
    func neighbours() throws {
        let service = """
            apiVersion: v1
            kind: Service
            metadata: {name: backend-svc}
            spec: {selector: {app: api}}
            """
        let reading = kubernetes([
            "k8s/portal.yaml": deployment(
                "portal", env: "env: [{name: URL, value: \"http://backend-svc.x.svc:80/v1\"}]"),
            "k8s/api.yaml": deployment("api"), "k8s/service.yaml": service,
        ])
        let portal = try #require(reading.stacks.first?.workloads.first { $0.name == "portal" })
        #expect(portal.neighbours == ["api"])
    }

    @Test("a large file of many objects is read whole")
    func large() {
        let data = (0..<40_000).map { "  key\($0): [value-\($0)]\n" }.joined()
        let text = "apiVersion: v1\nkind: Custom\nmetadata: {name: x}\ndata:\n\(data)---\n" + deployment("api")
        let reading = kubernetes(["k8s/all.yaml": text])
        #expect(reading.unread.isEmpty)
        #expect(reading.stacks.count == 1)
    }

    @Test("what can't be read is named, and the rest is read")
    func malformed() {
        let deep = String(repeating: "[", count: 30_000)
        let reading = kubernetes([
            "k8s/api.yaml": deployment("api"),
            "k8s/broken.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: [}\n",
            "k8s/template.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {{ .x }\nstringData: {a: hunter2}\n",
            "k8s/deep.yaml": "apiVersion: v1\nkind: Pod\nspec: \(deep)\n",
            "k8s/cycle.yaml": "apiVersion: v1\nkind: Pod\nspec: &a [*a]\n",
            "k8s/bomb.yaml":
                "apiVersion: v1\nkind: Pod\na: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
                + "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
                + "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e]\n",
            "k8s/odd.yaml":
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: 5\nspec: {template: {spec: {containers: text}}}\n",
            "k8s/none.yaml": "apiVersion: v1\nkind: [x]\n---\n---\n5\n",
        ])
        #expect(reading.stacks.map { $0.workloads.map(\.name) } == [["api"]])
        let named = Set(reading.unread.map(\.position.file))
        #expect(named.isSuperset(of: ["k8s/broken.yaml", "k8s/template.yaml", "k8s/cycle.yaml", "k8s/bomb.yaml"]))
        #expect(!reading.unread.contains { $0.reason.contains("hunter2") })
    }
}
