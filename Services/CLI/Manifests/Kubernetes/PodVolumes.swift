import Evidence

/// Volumes of a pod that hold Secrets and ConfigMaps, and where a container sees them.
struct PodVolumes {
    private struct Content {
        /// Relative to the mount.
        let path: String
        let value: BoundValue
    }

    private struct Volume {
        var files: [Content] = []
        /// What the volume shows as a whole, where its files are not known: the object.
        var wholes: [(isSecret: Bool, place: String)] = []
    }

    private var volumes: [String: Volume] = [:]
    private let namespace: String?
    private let index: ConfigIndex

    init(spec: ManifestNode, namespace: String?, index: ConfigIndex) {
        self.namespace = namespace
        self.index = index
        for node in spec["volumes"]?.list ?? [] {
            guard let name = node.spelled("name") else { continue }
            var volume = Volume()
            add(node, nameKey: "secretName", to: &volume)
            for source in node.descend("projected", "sources")?.list ?? [] { add(source, nameKey: "name", to: &volume) }
            if let driver = node["csi"], driver.spelled("driver") == "secrets-store.csi.k8s.io",
                let provider = driver.spelled("volumeAttributes", "secretProviderClass"),
                let found = index.provider(provider, in: namespace)
            {
                volume.files += found.files.map { Content(path: $0.path, value: $0.value) }
            }
            volumes[name] = volume
        }
    }

    private func add(_ node: ManifestNode, nameKey: String, to volume: inout Volume) {
        if let secret = node["secret"], let name = secret.spelled(nameKey) ?? secret.spelled("name") {
            add(.secret, name, items: secret["items"]?.list, to: &volume)
        }
        if let map = node["configMap"], let name = map.spelled("name") {
            add(.configuration, name, items: map["items"]?.list, to: &volume)
        }
    }

    private func add(_ kind: ConfigObject.Kind, _ name: String, items: [ManifestNode]?, to volume: inout Volume) {
        let object = index.find(kind, name, in: namespace)
        let place = ConfigObject.place(namespace, name)
        func value(_ key: String) -> BoundValue {
            object?.entry(key)?.value ?? .reference(SecretReference(.kubernetes, "\(place)#\(key)"))
        }
        if let items {
            for item in items {
                guard let key = item.spelled("key"), let path = item.spelled("path") else { continue }
                volume.files.append(Content(path: path, value: value(key)))
            }
            return
        }
        volume.files += (object?.entries ?? []).map { Content(path: $0.key, value: $0.value) }
        if case .none? = object?.rest { return }
        volume.wholes.append((kind == .secret, place))
    }

    func mounts(of container: ManifestNode) -> [SecretMount] {
        var mounts: [SecretMount] = []
        for node in container["volumeMounts"]?.list ?? [] {
            guard let name = node.spelled("name"), let volume = volumes[name],
                var path = node.spelled("mountPath")
            else { continue }
            while path.count > 1, path.hasSuffix("/") { path.removeLast() }
            if let part = node.spelled("subPath"), !part.isEmpty {
                mounts += Self.mounts(of: part, in: volume, at: path, node.position)
                continue
            }
            mounts += volume.files.map { SecretMount("\(path)/\($0.path)", $0.value, at: node.position) }
            mounts += volume.wholes.map { whole in
                SecretMount(
                    path, .reference(SecretReference(.kubernetes, whole.place)), isFolder: true, at: node.position)
            }
        }
        return mounts
    }

    private static func mounts(
        of part: String, in volume: Volume, at path: String, _ position: SourcePosition
    ) -> [SecretMount] {
        if let file = volume.files.last(where: { $0.path == part }) {
            return [SecretMount(path, file.value, at: position)]
        }
        let below = volume.files.filter { $0.path.hasPrefix(part + "/") }
        if !below.isEmpty {
            return below.map { SecretMount(path + $0.path.dropFirst(part.count), $0.value, at: position) }
        }
        guard volume.wholes.count == 1 else { return [] }
        let place = SecretReference(.kubernetes, "\(volume.wholes[0].place)#\(part)")
        return [SecretMount(path, .reference(place), at: position)]
    }
}
