import Evidence
import Secrets
import Testing

@testable import Manifests

@Suite("what kustomize builds")
struct KustomizeTests {
    static let env = """
        env:
          - {name: JWT_SECRET, valueFrom: {secretKeyRef: {name: jwt, key: key}}}
          - {name: LEVEL, value: info}
        """

    /// A base and two overlays; the tests change what they need.
    static var tree: [String: String] {
        [
            "app/base/kustomization.yaml": "resources: [api.yaml, jwt.yaml]\n",
            "app/base/api.yaml": deployment("api", env: env),
            "app/base/jwt.yaml": secret("jwt", "key", "of-the-base"),
            "app/overlays/staging/kustomization.yaml": "resources: [../../base]\nnamespace: stage\n",
            "app/overlays/production/kustomization.yaml": "bases:\n  - ../../base\nnamePrefix: live-\n",
        ]
    }

    static func read(_ changes: [String: String] = [:]) -> ManifestReading {
        kubernetes(tree.merging(changes) { $1 })
    }

    static func value(_ name: String, in reading: ManifestReading, _ environment: DeploymentEnvironment) -> BoundValue?
    {
        reading.stacks.first { $0.environment?.environment == environment }?.workloads.first?[name]?.value
    }

    @Test("each overlay is a stack, and a base that overlays use is none")
    func stacks() throws {
        let reading = Self.read()
        #expect(reading.unread.isEmpty)
        #expect(reading.stacks.map(\.name) == ["app/overlays/production", "app/overlays/staging"])
        #expect(reading.stacks.map(\.environment?.environment) == [.production, .staging])
        #expect(reading.stacks.map { $0.workloads.map(\.name) } == [["live-api"], ["api"]])
        for environment in [DeploymentEnvironment.staging, .production] {
            #expect(Self.value("JWT_SECRET", in: reading, environment) == .literal("of-the-base"))
        }
        #expect(reading.stacks[0].files.contains("app/overlays/production/kustomization.yaml"))
        #expect(reading.loose.map(\.position.file) == ["app/base/jwt.yaml"])
    }

    /// Patches of the production overlay, as they may be written; each sets LEVEL to `debug`.
    static let patches: [(String, [String: String])] = [
        (
            "patches: [{path: p.yaml}]",
            [
                "p.yaml": """
                kind: Deployment
                apiVersion: apps/v1
                metadata: {name: api}
                spec: {template: {spec: {containers: [{name: app, env: [{name: LEVEL, value: debug}]}]}}}
                """
            ]
        ),
        (
            "patchesStrategicMerge: [p.yaml]",
            [
                "p.yaml": """
                kind: Deployment
                apiVersion: apps/v1
                metadata: {name: api}
                spec: {template: {spec: {containers: [{name: app, env: [{name: LEVEL, value: debug}]}]}}}
                """
            ]
        ),
        (
            """
            patches:
              - target: {kind: Deployment, name: api}
                patch: |-
                  - {op: replace, path: /spec/template/spec/containers/0/env/1/value, value: debug}
            """, [:]
        ),
        (
            """
            patches:
              - target: {kind: Deploy.*}
                patch: |-
                  apiVersion: apps/v1
                  kind: Deployment
                  metadata: {name: whatever}
                  spec: {template: {spec: {containers: [{name: app, env: [{name: LEVEL, value: debug}]}]}}}
            """, [:]
        ),
        (
            "patchesJson6902: [{target: {version: v1, group: apps, kind: Deployment, name: api}, path: p.json}]",
            [
                "p.json":
                    "[{\"op\":\"add\",\"path\":\"/spec/template/spec/containers/0/env/-\",\"value\":{\"name\":\"LEVEL\",\"value\":\"debug\"}}]"
            ]
        ),
        (
            """
            patches:
              - target: {labelSelector: "tier=web", kind: Deployment}
                patch: '[{"op": "remove", "path": "/spec"}]'
              - target: {name: api}
                patch: |-
                  - {op: remove, path: /spec/template/spec/containers/0/env/1}
                  - {op: add, path: /spec/template/spec/containers/0/env/0, value: {name: LEVEL, value: debug}}
            """, [:]
        ),
    ]

    @Test("patches in every form", arguments: patches)
    func patch(_ example: (String, [String: String])) {
        var changes = ["app/overlays/production/kustomization.yaml": "resources: [../../base]\n\(example.0)\n"]
        for (name, text) in example.1 { changes["app/overlays/production/\(name)"] = text }
        let reading = Self.read(changes)
        #expect(reading.unread.isEmpty)
        #expect(Self.value("LEVEL", in: reading, .production) == .literal("debug"))
        #expect(Self.value("JWT_SECRET", in: reading, .production) == .literal("of-the-base"))
        #expect(Self.value("LEVEL", in: reading, .staging) == .literal("info"))
    }

    @Test("a patched variable stands where the patch writes it")
    func position() throws {
        let patch = """
            kind: Deployment
            apiVersion: apps/v1
            metadata: {name: api}
            spec:
              template:
                spec:
                  containers:
                    - name: app
                      env:
                        - name: JWT_SECRET
                          valueFrom: null
                          value: written-in-the-patch
                        - name: LEVEL
                          $patch: delete
            """
        let reading = Self.read([
            "app/overlays/staging/kustomization.yaml": "resources: [../../base]\npatches: [{path: p.yaml}]\n",
            "app/overlays/staging/p.yaml": patch,
        ])
        let workload = try #require(reading.stacks.last?.workloads.first)
        #expect(workload["JWT_SECRET"]?.value == .literal("written-in-the-patch"))
        #expect(
            workload["JWT_SECRET"]?.position
                == SourcePosition(file: "app/overlays/staging/p.yaml", line: 10, column: 15))
        #expect(workload["LEVEL"] == nil)
    }

    @Test("what a JSON patch puts into a base is found where the patch stands")
    func patchedElsewhere() throws {
        let text = """
            resources: [../../base]
            patches:
              - target: {kind: Deployment}
                patch: |-
                  - op: replace
                    path: /spec/template/spec/containers/0/env/0/valueFrom/secretKeyRef/name
                    value: other
                  - {op: replace, path: /spec/template/spec/containers/0/env/1/value, value: debug}
            """
        let workload = try #require(
            Self.read(["app/overlays/production/kustomization.yaml": text]).stacks.first?.workloads.first)
        #expect(workload["JWT_SECRET"]?.value == .reference(SecretReference(.kubernetes, "other#key")))
        #expect(workload["JWT_SECRET"]?.valuePosition?.description == "app/overlays/production/kustomization.yaml:7")
        #expect(workload["LEVEL"]?.valuePosition?.description == "app/overlays/production/kustomization.yaml:8")
        #expect(workload["LEVEL"]?.position.file == "app/base/api.yaml")
    }

    static let generators: [(String, [String: String], BoundValue)] = [
        ("secretGenerator: [{name: jwt, behavior: replace, literals: [key=\"a=b\"]}]", [:], .literal("a=b")),
        (
            "secretGenerator: [{name: jwt, behavior: merge, envs: [s.env]}]", ["s.env": "# x\nkey=of the=file\n"],
            .literal("of the=file")
        ),
        ("secretGenerator: [{name: jwt, behavior: merge, files: [key=s.txt]}]", ["s.txt": "text"], .literal("text")),
        (
            "secretGenerator: [{name: jwt, behavior: merge, files: [key=gone.txt]}]", [:],
            .reference(SecretReference(.file, "app/overlays/production/gone.txt"))
        ),
        ("secretGenerator: [{name: jwt, behavior: merge, literals: [other=x]}]", [:], .literal("of-the-base")),
        (
            "secretGenerator: [{name: jwt, behavior: merge, literals: ['key=${JWT}']}]", [:],
            .reference(SecretReference(.variable, "JWT"))
        ),
    ]

    @Test("generated Secrets, by every source and behaviour", arguments: generators)
    func generator(_ example: (String, [String: String], BoundValue)) {
        var changes = [
            "app/overlays/production/kustomization.yaml": "resources: [../../base]\nnameSuffix: -v2\n\(example.0)\n"
        ]
        for (name, text) in example.1 { changes["app/overlays/production/\(name)"] = text }
        #expect(Self.value("JWT_SECRET", in: Self.read(changes), .production) == example.2)
    }

    @Test("a generator's file that is not in the tree is a gap for envFrom")
    func absentFile() throws {
        let reading = kubernetes([
            "prod/kustomization.yaml": "resources: [api.yaml]\nsecretGenerator: [{name: all, envs: [.env.secret]}]\n",
            "prod/api.yaml": deployment("api", env: "envFrom: [{secretRef: {name: all}}]"),
        ])
        let gap = try #require(reading.stacks.first?.workloads.first?.gaps.first)
        #expect(gap.reason.contains(".env.secret"))
    }

    @Test("generated Secrets are in the files for all to see, once")
    func loose() {
        let text =
            "resources: [../../base]\nsecretGenerator:\n  - name: extra\n    literals:\n      - API_TOKEN=written-here\n"
        let reading = Self.read(["app/overlays/production/kustomization.yaml": text])
        let found = reading.loose.filter { $0.name == "API_TOKEN" }
        #expect(found.map(\.position.line) == [5])
    }

    @Test("components and a base of bases")
    func components() {
        let reading = Self.read([
            "app/overlays/production/kustomization.yaml":
                "resources: [../staging]\ncomponents: [../../component]\nnamespace: live\n",
            "app/component/kustomization.yaml": """
            apiVersion: kustomize.config.k8s.io/v1alpha1
            kind: Component
            patches:
              - patch: |-
                  - {op: replace, path: /spec/template/spec/containers/0/env/1/value, value: of-the-component}
                target: {kind: Deployment}
            """,
        ])
        #expect(reading.stacks.map(\.name) == ["app/overlays/production"])
        #expect(Self.value("LEVEL", in: reading, .production) == .literal("of-the-component"))
    }

    @Test("references to a Secret that is not built along keep their name")
    func foreignReference() {
        let reading = Self.read(["app/base/kustomization.yaml": "resources: [api.yaml]\n"])
        #expect(
            Self.value("JWT_SECRET", in: reading, .production)
                == .reference(SecretReference(.kubernetes, "jwt#key")))
        #expect(
            Self.value("JWT_SECRET", in: reading, .staging) == .reference(SecretReference(.kubernetes, "stage/jwt#key"))
        )
    }

    static let replacements: [(String, BoundValue)] = [
        (
            """
            replacements:
              - source: {kind: Secret, name: jwt, fieldPath: stringData.key}
                targets:
                  - select: {kind: Deployment, name: api}
                    fieldPaths: ["spec.template.spec.containers.[name=app].env.[name=LEVEL].value"]
            """, .literal("of-the-base")
        ),
        (
            """
            replacements:
              - source: {kind: Deployment}
                targets:
                  - select: {kind: Deployment}
                    fieldPaths: [spec.template.spec.containers.*.env.1.value]
            """, .literal("api")
        ),
        (
            """
            replacements:
              - source: {kind: Gone, fieldPath: a.b}
                targets:
                  - select: {kind: Deployment}
                    fieldPaths: [spec.template.spec.containers.0.env.1.value]
            """, .opaque("a replacement at app/overlays/production/kustomization.yaml:6")
        ),
        (
            """
            replacements:
              - source: {kind: Secret, name: jwt, fieldPath: stringData.key}
                targets:
                  - select: {kind: Deployment}
                    reject: [{name: api}]
                    fieldPaths: [spec.template.spec.containers.0.env.1.value, gone.5.x]
            """, .literal("info")
        ),
    ]

    @Test("replacements are followed, or nobody knows what they make", arguments: replacements)
    func replacement(_ example: (String, BoundValue)) {
        let text = "resources: [../../base]\n\(example.0)\n"
        let reading = Self.read(["app/overlays/production/kustomization.yaml": text])
        #expect(Self.value("LEVEL", in: reading, .production) == example.1)
    }

    @Test("cycles end, and what is not there is named")
    func broken() {
        let reading = kubernetes([
            "a/kustomization.yaml": "resources: [../b, api.yaml]\n", "a/api.yaml": deployment("api"),
            "b/kustomization.yaml": "resources: [../a]\n",
            "top/kustomization.yaml":
                "resources: [../a, gone.yaml, 'https://example.org/x?ref=1']\npatches: [{path: none.yaml}]\n",
            "odd/kustomization.yaml": "resources: {a: b}\npatches: 5\nsecretGenerator: [7, {name: [x]}]\n",
            "bad/kustomization.yaml": "resources: [\n",
            "flux/kustomization.yaml": "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec: {}\n",
        ])
        let reasons = reading.unread.map { "\($0.position.file) \($0.reason)" }
        #expect(reasons.contains { $0.contains("builds upon itself") })
        #expect(reasons.contains { $0.contains("gone.yaml is not in the tree") })
        #expect(reasons.contains { $0.contains("none.yaml is not in the tree") })
        #expect(reasons.contains { $0.hasPrefix("bad/") })
        #expect(!reasons.contains { $0.contains("example.org") })
        #expect(reading.stacks.map(\.name) == ["top"])
    }
}
