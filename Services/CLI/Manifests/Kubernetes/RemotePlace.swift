import Evidence

/// An object of a secret store as an operator names it; a property of it becomes one value.
struct RemotePlace: Sendable, Hashable {
    let store: SecretReference.Store
    /// Canonical, without the property.
    let name: String
    let version: String?
    let scope: String?

    /// - Parameter decoding: `decodingStrategy`; what is decoded is another value than what the store holds.
    func reference(property: String?, decoding: String? = nil) -> SecretReference {
        let suffix = property.map { "#\($0)" } ?? ""
        let isDecoded = decoding.map { $0.hasPrefix("Base64") } ?? false
        let scope = isDecoded ? [self.scope, "base64"].compactMap { $0 }.joined(separator: " ") : self.scope
        return SecretReference(store, name + suffix, version: version, scope: scope)
    }
}

/// Where a `SecretStore` or `ClusterSecretStore` of the External Secrets Operator looks.
struct StoreIndex: Sendable {
    private struct Key: Hashable { let kind: String, namespace: String?, name: String }
    private var providers: [Key: ManifestNode] = [:]

    mutating func add(_ object: KubernetesObject) {
        guard object.group == "external-secrets.io", object.kind.hasSuffix("SecretStore"),
            let provider = object.node.descend("spec", "provider")
        else { return }
        let isCluster = object.kind == "ClusterSecretStore"
        providers[Key(kind: object.kind, namespace: isCluster ? nil : object.namespace, name: object.name)] = provider
    }

    /// - Parameters:
    ///   - store: `secretStoreRef` or `storeRef`.
    ///   - remote: `remoteRef` or `extract`: key and version.
    func place(_ remote: ManifestNode, in store: ManifestNode?, namespace: String?) -> RemotePlace? {
        guard let key = remote.spelled("key") else { return nil }
        let version = remote.spelled("version")
        let kind = store?.spelled("kind") ?? "SecretStore"
        let name = store?.spelled("name") ?? ""
        let isCluster = kind == "ClusterSecretStore"
        guard let provider = providers[Key(kind: kind, namespace: isCluster ? nil : namespace, name: name)] else {
            // Not in the tree: one store and key are one place, whatever the provider.
            let scope = isCluster || namespace == nil ? "\(kind) \(name)" : "\(kind) \(namespace ?? "")/\(name)"
            return RemotePlace(store: .platform, name: key, version: version, scope: scope)
        }
        return Self.place(key, version, provider: provider)
    }

    private static func place(_ key: String, _ version: String?, provider: ManifestNode) -> RemotePlace {
        if let google = provider["gcpsm"] {
            let reference = GoogleSecretPlace.reference(key, project: google.spelled("projectID"), version: version)
            return RemotePlace(store: .google, name: reference.name, version: reference.version, scope: nil)
        }
        if let aws = provider["aws"] {
            let version = version == "AWSCURRENT" ? nil : version
            if aws.spelled("service") == "ParameterStore" {
                return RemotePlace(
                    store: .parameterStore, name: AmazonSecretName.parameter(key), version: version, scope: nil)
            }
            let secret = AmazonSecretName.secret(key)
            return RemotePlace(store: .aws, name: secret.name, version: version, scope: secret.scope)
        }
        if let azure = provider["azurekv"] {
            // Keys may say their kind: `secret/NAME`.
            let name = key.hasPrefix("secret/") ? String(key.dropFirst("secret/".count)) : key
            let vault = azure.spelled("vaultUrl").map(Self.vaultName) ?? ""
            return RemotePlace(
                store: .azure, name: vault.isEmpty ? name : "\(vault)/\(name)", version: version, scope: nil)
        }
        if let vault = provider["vault"] {
            let mount = vault.spelled("path") ?? ""
            let path = key.hasPrefix(mount + "/") || mount.isEmpty ? key : "\(mount)/\(key)"
            return RemotePlace(store: .vault, name: VaultPath.canonical(path), version: version, scope: nil)
        }
        if let remote = provider["kubernetes"] {
            let place = ConfigObject.place(remote.spelled("remoteNamespace"), key)
            return RemotePlace(store: .kubernetes, name: place, version: version, scope: "another cluster")
        }
        let name = provider.map?.first?.key ?? "provider"
        return RemotePlace(store: .platform, name: key, version: version, scope: name)
    }

    /// `https://team.vault.azure.net/` is `team`.
    static func vaultName(_ url: String) -> String {
        let host = url.split(separator: "/").first { $0.contains(".") } ?? url[...]
        return host.split(separator: ".").first.map { $0.lowercased() } ?? url
    }
}

enum VaultPath {
    /// KV version 2 has `data` in its API's paths and not in its commands': `secret/data/app` is `secret/app`.
    static func canonical(_ path: String) -> String {
        var parts = path.split(separator: "/").map(String.init)
        if parts.count > 2, parts[1] == "data" { parts.remove(at: 1) }
        return parts.joined(separator: "/")
    }
}
