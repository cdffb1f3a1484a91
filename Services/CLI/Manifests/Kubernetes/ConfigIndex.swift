import Evidence

/// Secrets and ConfigMaps by namespace and name.
struct ConfigIndex: Sendable {
    private struct Key: Hashable { let isSecret: Bool, name: String }

    private var objects: [Key: [ConfigObject]] = [:]
    private var providers: [String: [SecretProvider]] = [:]

    init(_ objects: [KubernetesObject]) {
        // Each file's reading has named them.
        var unread: [UnreadFile] = []
        var stores = StoreIndex()
        for object in objects { stores.add(object) }
        for object in objects {
            if let plain = ConfigObject(object, unread: &unread) { add(plain) }
            if let sealed = ConfigObject.sealed(object) { add(sealed) }
            if let external = ConfigObject.external(object, stores: stores) { add(external) }
            if let provider = SecretProvider(object) {
                providers[provider.name, default: []].append(provider)
                for synced in provider.synced { add(synced) }
            }
        }
    }

    private mutating func add(_ object: ConfigObject) {
        let key = Key(isSecret: object.kind == .secret, name: object.name)
        if let index = objects[key]?.firstIndex(where: { $0.namespace == object.namespace }) {
            objects[key]?[index].add(object)
        } else {
            objects[key, default: []].append(object)
        }
    }

    func find(_ kind: ConfigObject.Kind, _ name: String, in namespace: String?) -> ConfigObject? {
        let candidates = objects[Key(isSecret: kind == .secret, name: name)] ?? []
        return Self.nearest(candidates, to: namespace, \.namespace)
    }

    func provider(_ name: String, in namespace: String?) -> SecretProvider? {
        Self.nearest(providers[name] ?? [], to: namespace, \.namespace)
    }

    /// The one of the same namespace; else one that leaves its namespace to whoever applies it, or, for a pod that does
    /// so, the only one there is.
    private static func nearest<Object>(
        _ candidates: [Object], to namespace: String?, _ path: (Object) -> String?
    ) -> Object? {
        if let exact = candidates.last(where: { path($0) == namespace }) { return exact }
        if namespace != nil { return candidates.last { path($0) == nil } }
        return candidates.count == 1 ? candidates.first : nil
    }
}
