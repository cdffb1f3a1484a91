/// Each version of a secret is a Secret of its own, `NAME-vVERSION` with the key `value`: the version is part of every
/// reference to it, and a pod that starts can't get another one than the manifest says.
extension KubernetesRenderer {
    private static let key: DocumentNode = "value"

    /// The one place that says, for this target, where a secret comes from.
    static func variable(_ binding: SecretBinding) -> DocumentNode {
        [
            "name": .text(binding.variable),
            "valueFrom": ["secretKeyRef": ["name": .text(binding.secret.objectName), "key": key]],
        ]
    }

    /// What makes those Secrets, where the environment names a store of the External Secrets Operator.
    var secrets: RenderedFile? {
        guard let store = plan.facts["secret_store"] else { return nil }
        var stored: [SecretVersion] = []
        for binding in plan.services.flatMap(\.secrets) where !stored.contains(binding.secret) {
            stored.append(binding.secret)
        }
        return .yaml(
            "secrets.yaml", stored.map { externalSecret($0, store: store) }, of: plan,
            note:
                "For the External Secrets Operator. Each version is an object of its own, fetched once: a new version is a"
                + " new object, and pods that run keep theirs.")
    }

    private func externalSecret(_ secret: SecretVersion, store: String) -> DocumentNode {
        [
            "apiVersion": "external-secrets.io/v1",
            "kind": "ExternalSecret",
            "metadata": [
                "name": .text(secret.objectName),
                "namespace": namespace,
                "labels": ["app.kubernetes.io/part-of": "lockstep"],
                "annotations": ["argocd.argoproj.io/sync-wave": "0"],
            ],
            "spec": [
                "refreshPolicy": "CreatedOnce",
                "secretStoreRef": ["kind": "ClusterSecretStore", "name": .text(store)],
                "target": [
                    "name": .text(secret.objectName), "creationPolicy": "Owner", "deletionPolicy": "Retain",
                    "immutable": true,
                ],
                "data": [
                    [
                        "secretKey": Self.key,
                        "remoteRef": ["key": .text(secret.name), "version": .text(String(secret.version))],
                    ]
                ],
            ],
        ]
    }
}
