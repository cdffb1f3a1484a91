import Evidence
import Testing

@testable import Manifests

@Suite("Secrets as files of a container")
struct PodVolumeTests {
    static let secret = """
        apiVersion: v1
        kind: Secret
        metadata: {name: jwt}
        stringData: {key: text-of-the-key, other: text-of-the-other}

        """

    static let cases: [(volume: String, mount: String, mounts: [String: BoundValue])] = [
        (
            "secret: {secretName: jwt}", "mountPath: /run/jwt/",
            ["/run/jwt/key": .literal("text-of-the-key"), "/run/jwt/other": .literal("text-of-the-other")]
        ),
        (
            "secret: {secretName: jwt, items: [{key: key, path: a/b}]}", "mountPath: /run",
            ["/run/a/b": .literal("text-of-the-key")]
        ),
        ("secret: {secretName: jwt}", "{mountPath: /run/k, subPath: key}", ["/run/k": .literal("text-of-the-key")]),
        (
            "secret: {secretName: gone}", "mountPath: /run",
            ["/run": .reference(SecretReference(.kubernetes, "gone"))]
        ),
        (
            "secret: {secretName: gone}", "{mountPath: /run/k, subPath: key}",
            ["/run/k": .reference(SecretReference(.kubernetes, "gone#key"))]
        ),
        (
            "projected: {sources: [{secret: {name: jwt, items: [{key: key, path: k}]}}, {configMap: {name: c}}]}",
            "mountPath: /p",
            [
                "/p/k": .literal("text-of-the-key"),
                "/p": .reference(SecretReference(.kubernetes, "c")),
            ]
        ),
        ("emptyDir: {}", "mountPath: /tmp", [:]),
    ]

    @Test("where each stands", arguments: cases)
    func mounts(_ example: (volume: String, mount: String, mounts: [String: BoundValue])) throws {
        let mount = example.mount.hasPrefix("{") ? String(example.mount.dropFirst().dropLast()) : example.mount
        let text = """
            apiVersion: v1
            kind: Pod
            metadata: {name: api}
            spec:
              volumes: [{name: v, \(example.volume)}]
              containers: [{name: c, volumeMounts: [{name: v, \(mount)}]}]
            """
        let workload = try #require(
            kubernetes(["k/a.yaml": text, "k/s.yaml": Self.secret]).stacks.first?.workloads.first)
        let found = Dictionary(uniqueKeysWithValues: workload.mounts.map { ($0.path, $0.value) })
        #expect(found == example.mounts)
    }
}
