import Evidence
import Testing

@testable import Manifests

@Suite("what a container of a pod is given")
struct PodEnvironmentTests {
    /// Objects beside the Deployment, in one file each.
    static let objects = """
        apiVersion: v1
        kind: Secret
        metadata: {name: jwt}
        data:
          JWT_SECRET: c2VjcmV0LWZyb20tZGF0YQ==
          broken: "***"
        stringData:
          plain: secret-from-string-data
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data:
          LOG_LEVEL: info
          JWT_SECRET: from-the-config-map
        """

    static let cases: [(env: String, value: BoundValue?)] = [
        ("env:\n  - {name: X, value: text}", .literal("text")),
        ("env:\n  - {name: X}", .empty),
        ("env:\n  - {name: X, value: \"\"}", .empty),
        ("env:\n  - {name: X, value: 8080}", .literal("8080")),
        ("env:\n  - {name: A, value: a}\n  - {name: X, value: \"<$(A)>\"}", .literal("<a>")),
        ("env:\n  - {name: X, value: \"$(LATER)\"}\n  - {name: LATER, value: a}", .literal("$(LATER)")),
        ("env:\n  - {name: X, value: \"$$(A) a$b\"}", .literal("$(A) a$b")),
        ("env:\n  - {name: X, value: first}\n  - {name: X, value: last}", .literal("last")),
        ("env:\n  - {name: X, value: \"${JWT_SECRET}\"}", .reference(SecretReference(.variable, "JWT_SECRET"))),
        ("env:\n  - {name: X, value: \"$JWT_SECRET\"}", .reference(SecretReference(.variable, "JWT_SECRET"))),
        (
            "env:\n  - {name: X, valueFrom: {secretKeyRef: {name: jwt, key: JWT_SECRET}}}",
            .literal("secret-from-data")
        ),
        (
            "env:\n  - {name: X, valueFrom: {secretKeyRef: {name: jwt, key: plain}}}",
            .literal("secret-from-string-data")
        ),
        (
            "env:\n  - {name: X, valueFrom: {configMapKeyRef: {name: settings, key: LOG_LEVEL}}}", .literal("info")
        ),
        (
            "env:\n  - {name: X, valueFrom: {secretKeyRef: {name: other, key: k}}}",
            .reference(SecretReference(.kubernetes, "other#k"))
        ),
        ("env:\n  - {name: X, valueFrom: {secretKeyRef: {name: jwt, key: gone}}}", nil),
        ("env:\n  - {name: X, valueFrom: {secretKeyRef: {name: jwt, key: gone, optional: true}}}", nil),
        ("env:\n  - {name: X, valueFrom: {fieldRef: {fieldPath: metadata.name}}}", .opaque("metadata.name of api")),
        ("env:\n  - {name: X, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}", .opaque("resourceFieldRef")),
        ("envFrom:\n  - configMapRef: {name: settings}\n    prefix: X_", nil),
        ("envFrom: 5\nenv: text", nil),
    ]

    @Test("one variable", arguments: cases)
    func value(_ example: (env: String, value: BoundValue?)) throws {
        let reading = kubernetes([
            "k8s/api.yaml": deployment("api", env: example.env), "k8s/objects.yaml": Self.objects,
        ])
        let workload = try #require(reading.stacks.first?.workloads.first)
        #expect(workload["X"]?.value == example.value)
    }

    @Test("a key that its object has not is told, but where it is optional or somebody else fills the object")
    func dangling() throws {
        for (reference, wanted) in [
            ("{name: jwt, key: gone}", ["the key gone of the Secret jwt at k8s/objects.yaml:"]),
            ("{name: jwt, key: gone, optional: true}", []), ("{name: elsewhere, key: gone}", []),
        ] {
            let reading = kubernetes([
                "k8s/api.yaml": deployment("api", env: "env:\n  - {name: X, valueFrom: {secretKeyRef: \(reference)}}"),
                "k8s/objects.yaml": Self.objects,
            ])
            let workload = try #require(reading.stacks.first?.workloads.first)
            #expect(workload.dangling.map(\.name) == wanted.map { _ in "X" })
            #expect(zip(workload.dangling, wanted).allSatisfy { $0.wanted.hasPrefix($1) })
        }
    }

    @Test("env wins over envFrom, and of two envFrom the later one")
    func precedence() throws {
        let env = """
            envFrom:
              - secretRef: {name: jwt}
              - configMapRef: {name: settings}
            env:
              - {name: LOG_LEVEL, value: debug}
            """
        let reading = kubernetes(["k8s/api.yaml": deployment("api", env: env), "k8s/objects.yaml": Self.objects])
        let secret = try variable("JWT_SECRET", of: "api", in: reading)
        #expect(secret.value == .literal("from-the-config-map"))
        #expect(secret.origin == .file)
        #expect(secret.position == SourcePosition(file: "k8s/api.yaml", line: 14, column: 15))
        #expect(secret.valuePosition == SourcePosition(file: "k8s/objects.yaml", line: 15, column: 3))
        #expect(try variable("LOG_LEVEL", of: "api", in: reading).value == .literal("debug"))
        let workload = try #require(reading.stacks.first?.workloads.first)
        #expect(workload.overridden.map(\.value).contains(.literal("secret-from-data")))
        #expect(workload.gaps.isEmpty)
    }

    @Test("envFrom puts its prefix before each name")
    func prefix() throws {
        let env = "envFrom:\n  - configMapRef: {name: settings}\n    prefix: APP_"
        let reading = kubernetes(["k8s/api.yaml": deployment("api", env: env), "k8s/objects.yaml": Self.objects])
        #expect(try variable("APP_LOG_LEVEL", of: "api", in: reading).value == .literal("info"))
    }

    @Test("envFrom of an object that is not in the tree is a gap, and $(NAME) may be in it")
    func gap() throws {
        let env = "envFrom: [{secretRef: {name: elsewhere}}]\nenv: [{name: X, value: $(JWT)}]"
        let reading = kubernetes(["k8s/api.yaml": deployment("api", env: env)])
        let workload = try #require(reading.stacks.first?.workloads.first)
        #expect(workload.gaps.count == 1)
        #expect(workload.gaps[0].reason.contains("elsewhere"))
        #expect(workload["X"]?.value == .opaque("$(JWT)"))
    }

    @Test("data that is not base64 is named, without its bytes, and the rest is read")
    func notBase64() {
        let reading = kubernetes(["k8s/api.yaml": deployment("api"), "k8s/objects.yaml": Self.objects])
        #expect(reading.unread.map(\.position.line) == [6])
        #expect(reading.unread.first?.reason.contains("***") == false)
        #expect(reading.stacks.count == 1)
    }

    @Test("Secrets, and what looks like one in a ConfigMap, are in the files for all to see")
    func loose() {
        let reading = kubernetes(["k8s/objects.yaml": Self.objects])
        let names = reading.loose.map { "\($0.name) \($0.place.rawValue) \($0.position.line)" }
        #expect(names == ["JWT_SECRET secretObject 5", "JWT_SECRET configuration 15"])
        #expect(reading.loose.first?.value == .literal("secret-from-data"))
    }

    static let keys: [(String, String, String)] = [
        ("jwt-secret", "value", "jwt-secret"), ("jwt", "secret", "jwt.secret"), ("jwt-secret", "secret", "jwt-secret"),
        ("jwt-secret", "key", "jwt-secret.key"), ("app", "JWT_SECRET", "JWT_SECRET"),
    ]

    @Test("a key that says nothing takes its Secret's name", arguments: keys)
    func looseName(_ example: (String, String, String)) {
        let reading = kubernetes(["k8s/s.yaml": secret(example.0, example.1, "some-text")])
        #expect(reading.loose.map(\.name) == [example.2])
    }

    @Test("what a variable of the shell fills in as base64 is one value, and not the variable's own")
    func base64Placeholder() throws {
        let text = """
            apiVersion: v1
            kind: Secret
            metadata: {name: jwt}
            data: {key: "${JWT_B64}"}
            """
        let env = "env: [{name: X, valueFrom: {secretKeyRef: {name: jwt, key: key}}}, {name: Y, value: \"${JWT_B64}\"}]"
        let reading = kubernetes(["k8s/api.yaml": deployment("api", env: env), "k8s/jwt.yaml": text])
        let decoded = try variable("X", of: "api", in: reading).value
        #expect(decoded == .reference(SecretReference(.variable, "JWT_B64", scope: "base64")))
        #expect(decoded != (try variable("Y", of: "api", in: reading).value))
    }

    @Test("sibling containers are workloads of their own, and know each other")
    func siblings() throws {
        let text = """
            apiVersion: v1
            kind: Pod
            metadata: {name: api}
            spec:
              initContainers:
                - {name: migrate, image: m, env: [{name: A, value: "1"}]}
              containers:
                - {name: web, image: w, command: [serve], args: ["--port", "80"]}
                - {name: agent, image: a}
            """
        let workloads = try #require(kubernetes(["pod.yaml": text]).stacks.first?.workloads)
        #expect(workloads.map(\.name) == ["api/migrate", "api/web", "api/agent"])
        #expect(workloads[1].command == ["serve", "--port", "80"])
        #expect(workloads[1].neighbours == ["api/migrate", "api/agent"])
    }

    static let kinds: [(String, String, String)] = [
        ("apps/v1", "Deployment", "template: {spec: %}"), ("apps/v1", "StatefulSet", "template: {spec: %}"),
        ("apps/v1", "DaemonSet", "template: {spec: %}"), ("apps/v1", "ReplicaSet", "template: {spec: %}"),
        ("batch/v1", "Job", "template: {spec: %}"),
        ("batch/v1", "CronJob", "jobTemplate: {spec: {template: {spec: %}}}"),
    ]

    @Test("every kind that runs pods", arguments: kinds)
    func kind(_ kind: (String, String, String)) throws {
        let spec = kind.2.replacing("%", with: "{containers: [{name: c, env: [{name: A, value: b}]}]}")
        let text = "apiVersion: \(kind.0)\nkind: \(kind.1)\nmetadata: {name: x}\nspec:\n  \(spec)\n"
        #expect(try variable("A", of: "x", in: kubernetes(["a.yaml": text])).value == .literal("b"))
        let json =
            "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":"
            + "{\"name\":\"x\"},\"spec\":{\"containers\":[{\"env\":[{\"name\":\"A\",\"value\":\"b\"}]}]}}]}"
        #expect(try variable("A", of: "x", in: kubernetes(["a.json": json])).value == .literal("b"))
    }
}
