import Evidence
import Secrets
import Testing

@testable import Manifests

@Suite("Cloud Run services")
struct CloudRunTests {
    static func read(_ texts: [String: String]) -> ManifestReading {
        ManifestReaders.read(SourceTree(texts), readers: [KubernetesReader(), CloudRunReader()])
    }

    static func service(_ name: String, env: String, annotations: String = "", more: String = "") -> String {
        """
        apiVersion: serving.knative.dev/v1
        kind: Service
        metadata:
          name: \(name)
          namespace: '1234567890'
          labels: {cloud.googleapis.com/location: europe-west1}
        spec:
          template:
            metadata: {annotations: {\(annotations)}}
            spec:
              containers:
                - image: europe-docker.pkg.dev/acme/\(name):7
                  env:
                    - \(env)
        \(more)

        """
    }

    static let aliases =
        "run.googleapis.com/secrets: 'shared:projects/vault/secrets/jwt,own:projects/1234567890/secrets/jwt'"

    static let cases: [(env: String, value: BoundValue)] = [
        ("{name: X, value: text}", .literal("text")),
        (
            "{name: X, valueFrom: {secretKeyRef: {name: jwt, key: '3'}}}",
            .reference(SecretReference(.google, "jwt", version: "3"))
        ),
        (
            "{name: X, valueFrom: {secretKeyRef: {name: jwt, key: latest}}}",
            .reference(SecretReference(.google, "jwt", version: "latest"))
        ),
        (
            "{name: X, valueFrom: {secretKeyRef: {name: shared, key: '1'}}}",
            .reference(SecretReference(.google, "vault/jwt", version: "1"))
        ),
        (
            "{name: X, valueFrom: {secretKeyRef: {name: own, key: '1'}}}",
            .reference(SecretReference(.google, "jwt", version: "1"))
        ),
        ("{name: X, value: \"${JWT_SECRET}\"}", .reference(SecretReference(.variable, "JWT_SECRET"))),
    ]

    @Test("one variable", arguments: cases)
    func value(_ example: (env: String, value: BoundValue)) throws {
        let reading = Self.read(["run/api.yaml": Self.service("api", env: example.env, annotations: Self.aliases)])
        let stack = try #require(reading.stacks.first)
        #expect(reading.stacks.count == 1)
        #expect(stack.target == .cloudRun)
        let found = try variable("X", of: "api", in: reading)
        #expect(found.value == example.value)
        #expect(found.position == SourcePosition(file: "run/api.yaml", line: 14, column: 15))
    }

    @Test("a declaration's binding and the manifest's are equal")
    func equalToDeclaration() throws {
        let reading = Self.read([
            "run/api.yaml": Self.service("api", env: "{name: X, valueFrom: {secretKeyRef: {name: jwt, key: '3'}}}")
        ])
        let declared = GoogleSecretPlace.reference("jwt", version: "3")
        #expect(try variable("X", of: "api", in: reading).value.reference == declared)
    }

    @Test("several containers, a volume and a job")
    func parts() throws {
        let text = """
            apiVersion: run.googleapis.com/v1
            kind: Job
            metadata: {name: migrate}
            spec:
              template:
                spec:
                  template:
                    spec:
                      containers:
                        - name: main
                          env: [{name: A, value: b}]
                          volumeMounts: [{name: v, mountPath: /secrets}]
                        - name: proxy
                      volumes:
                        - name: v
                          secret: {secretName: jwt, items: [{key: '2', path: jwt-file}]}
            """
        let workloads = try #require(Self.read(["job.yaml": text]).stacks.first?.workloads)
        #expect(workloads.map(\.name) == ["migrate/main", "migrate/proxy"])
        #expect(workloads[0].neighbours == ["migrate/proxy"])
        #expect(workloads[0].mounts.map(\.path) == ["/secrets/jwt-file"])
        #expect(workloads[0].mounts[0].value == .reference(SecretReference(.google, "jwt", version: "2")))
    }

    @Test("Knative on a cluster takes the cluster's Secrets")
    func cluster() throws {
        let text = """
            apiVersion: serving.knative.dev/v1
            kind: Service
            metadata: {name: api, namespace: shop}
            spec:
              template:
                spec:
                  containers: [{env: [{name: X, valueFrom: {secretKeyRef: {name: jwt, key: jwt-key}}}]}]
            """
        let value = try variable("X", of: "api", in: Self.read(["a.yaml": text])).value
        #expect(value == .reference(SecretReference(.kubernetes, "shop/jwt#jwt-key")))
    }

    @Test("files of one folder run together, apart by environment")
    func stacks() {
        let reading = Self.read([
            "run/api-staging.yaml": Self.service("api", env: "{name: A, value: a}"),
            "run/api-prod.yaml": Self.service("api", env: "{name: A, value: a}"),
            "run/portal.yaml": Self.service("portal", env: "{name: ENVIRONMENT, value: staging}"),
            "run/production/web.yaml": Self.service("web", env: "{name: A, value: a}"),
        ])
        let found = Dictionary(
            uniqueKeysWithValues: reading.stacks.map {
                ($0.environment?.environment, $0.workloads.map(\.name).sorted())
            })
        #expect(found == [.staging: ["api", "portal"], .production: ["api", "web"]])
    }

    @Test("services beside their sources are one stack; copies and examples are apart")
    func scattered() {
        let texts = [
            "services/portal/service.yaml": Self.service("portal", env: "{name: A, value: a}"),
            "services/backend/deploy/service.yaml": Self.service("backend", env: "{name: A, value: a}"),
            "examples/other/service.yaml": Self.service("other", env: "{name: A, value: a}"),
        ]
        let reading = Self.read(texts)
        #expect(reading.stacks.map { $0.workloads.map(\.name) } == [["other"], ["backend", "portal"]])
        #expect(reading.stacks.map(\.name) == ["examples/other", "services"])
        let copies = Self.read(
            texts.merging(["old/portal/service.yaml": Self.service("portal", env: "{name: A}")]) { $1 })
        #expect(copies.stacks.count == 4)
    }

    @Test("a malformed file is named once")
    func malformed() {
        let reading = Self.read(["a.yaml": "apiVersion: serving.knative.dev/v1\nkind: [\n"])
        #expect(reading.unread.count == 1)
    }
}
