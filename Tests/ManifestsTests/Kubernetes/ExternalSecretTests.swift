import Evidence
import Testing

@testable import Manifests

@Suite("Secrets that a controller makes")
struct ExternalSecretTests {
    static let stores = """
        apiVersion: external-secrets.io/v1
        kind: ClusterSecretStore
        metadata: {name: gcp}
        spec: {provider: {gcpsm: {projectID: acme}}}
        ---
        apiVersion: external-secrets.io/v1beta1
        kind: SecretStore
        metadata: {name: aws}
        spec: {provider: {aws: {service: SecretsManager, region: eu-west-1}}}
        ---
        apiVersion: external-secrets.io/v1beta1
        kind: SecretStore
        metadata: {name: vault}
        spec: {provider: {vault: {path: secret, version: v2}}}

        """

    static func external(_ spec: String, store: String = "{name: gcp, kind: ClusterSecretStore}") -> String {
        """
        apiVersion: external-secrets.io/v1
        kind: ExternalSecret
        metadata: {name: jwt}
        spec:
          secretStoreRef: \(store)
        \(spec.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
        """
    }

    static let cases: [(text: String, value: BoundValue)] = [
        (
            external("data: [{secretKey: key, remoteRef: {key: jwt-secret, version: \"3\"}}]"),
            .reference(SecretReference(.google, "acme/jwt-secret", version: "3"))
        ),
        (
            external("data: [{secretKey: key, remoteRef: {key: projects/p/secrets/jwt}}]"),
            .reference(SecretReference(.google, "p/jwt"))
        ),
        (
            external("data: [{secretKey: key, remoteRef: {key: app, property: jwt}}]", store: "{name: aws}"),
            .reference(SecretReference(.aws, "app#jwt"))
        ),
        (
            external(
                "data: [{secretKey: key, remoteRef: {key: secret/data/app, property: jwt}}]", store: "{name: vault}"),
            .reference(SecretReference(.vault, "secret/app#jwt"))
        ),
        (
            external("data: [{secretKey: key, remoteRef: {key: app}}]", store: "{name: gone}"),
            .reference(SecretReference(.platform, "app", scope: "SecretStore gone"))
        ),
        (
            external("dataFrom: [{extract: {key: app}}]", store: "{name: aws}"),
            .reference(SecretReference(.aws, "app#key"))
        ),
        (
            external("dataFrom: [{find: {name: {regexp: .*}}}]"),
            .reference(SecretReference(.kubernetes, "jwt#key"))
        ),
        (
            external(
                """
                target: {template: {data: {key: "<{{ .a }}>"}}}
                data: [{secretKey: a, remoteRef: {key: x}}]
                """),
            BoundValue([
                .text("<"), .reference(SecretReference(.google, "acme/x"), default: nil, emptyCounts: true), .text(">"),
            ])
        ),
        (
            external(
                """
                target: {template: {data: {key: "{{ .a | b64dec }}"}}}
                data: [{secretKey: a, remoteRef: {key: x}}]
                """), .opaque("{{ .a | b64dec }}")
        ),
        (
            """
            apiVersion: bitnami.com/v1alpha1
            kind: SealedSecret
            metadata: {name: jwt}
            spec: {encryptedData: {key: AgBy3i4OJSWK}}
            """, .reference(SecretReference(.kubernetes, "jwt#key"))
        ),
        (
            """
            apiVersion: secrets-store.csi.x-k8s.io/v1
            kind: SecretProviderClass
            metadata: {name: x}
            spec:
              provider: gcp
              parameters:
                secrets: |
                  - resourceName: projects/p/secrets/jwt/versions/2
                    path: file
              secretObjects: [{secretName: jwt, type: Opaque, data: [{objectName: file, key: key}]}]
            """, .reference(SecretReference(.google, "p/jwt", version: "2"))
        ),
        (
            """
            apiVersion: secrets-store.csi.x-k8s.io/v1
            kind: SecretProviderClass
            metadata: {name: x}
            spec:
              provider: aws
              parameters:
                objects: |
                  - objectName: arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-AbCdEf
                    jmesPath: [{path: jwt, objectAlias: file}]
              secretObjects: [{secretName: jwt, type: Opaque, data: [{objectName: file, key: key}]}]
            """, .reference(SecretReference(.aws, "app#jwt", scope: "eu-west-1:123456789012"))
        ),
    ]

    @Test("a secretKeyRef leads to the store", arguments: cases)
    func reference(_ example: (text: String, value: BoundValue)) throws {
        let env = "env: [{name: X, valueFrom: {secretKeyRef: {name: jwt, key: key}}}]"
        let reading = kubernetes([
            "k8s/api.yaml": deployment("api", env: env), "k8s/jwt.yaml": example.text, "k8s/stores.yaml": Self.stores,
        ])
        #expect(reading.unread.isEmpty)
        #expect(try variable("X", of: "api", in: reading).value == example.value)
    }

    @Test("envFrom of what takes all members of a remote object is a gap")
    func gap() throws {
        let reading = kubernetes([
            "k8s/api.yaml": deployment("api", env: "envFrom: [{secretRef: {name: jwt}}]"),
            "k8s/jwt.yaml": Self.external("dataFrom: [{extract: {key: app}}]"), "k8s/stores.yaml": Self.stores,
        ])
        #expect(reading.stacks.first?.workloads.first?.gaps.first?.reason.contains("gcp:acme/app") == true)
    }

    @Test("a volume of the CSI driver shows the class's files")
    func driver() throws {
        let text = """
            apiVersion: v1
            kind: Pod
            metadata: {name: api}
            spec:
              volumes:
                - name: v
                  csi: {driver: secrets-store.csi.k8s.io, volumeAttributes: {secretProviderClass: x}}
              containers: [{name: c, volumeMounts: [{name: v, mountPath: /s}]}]
            """
        let provider = try #require(Self.cases.first { $0.text.contains("provider: gcp") }?.text)
        let workload = try #require(kubernetes(["k/a.yaml": text, "k/b.yaml": provider]).stacks.first?.workloads.first)
        #expect(workload.mounts.map(\.path) == ["/s/file"])
        #expect(workload.mounts.map(\.value) == [.reference(SecretReference(.google, "p/jwt", version: "2"))])
    }
}
