import Evidence

/// The Secret that an `ExternalSecret` (External Secrets Operator) makes: each key with the place that it is read from.
extension ConfigObject {
    static func external(_ object: KubernetesObject, stores: StoreIndex) -> ConfigObject? {
        guard object.group == "external-secrets.io" else { return nil }
        switch object.kind {
        case "ExternalSecret":
            guard let spec = object.node["spec"] else { return nil }
            return made(by: spec, named: object.name, namespace: object.namespace, object, stores)
        case "ClusterExternalSecret":
            // It makes one in each namespace that it selects, so it is found from any.
            guard let spec = object.node.descend("spec", "externalSecretSpec") else { return nil }
            let name = object.node.spelled("spec", "externalSecretName") ?? object.name
            return made(by: spec, named: name, namespace: nil, object, stores)
        default: return nil
        }
    }

    private static func made(
        by spec: ManifestNode, named name: String, namespace: String?, _ object: KubernetesObject, _ stores: StoreIndex
    ) -> ConfigObject {
        var made = ConfigObject(
            kind: .secret, namespace: namespace, name: spec.spelled("target", "name") ?? name,
            position: object.position)
        let store = spec["secretStoreRef"]
        for data in spec["data"]?.list ?? [] {
            guard let key = data.spelled("secretKey"), let remote = data["remoteRef"] else { continue }
            let place = stores.place(
                remote, in: data.descend("sourceRef", "storeRef") ?? store, namespace: object.namespace)
            guard let place else { continue }
            made.entries.append(
                Entry(
                    key: key,
                    value: .reference(
                        place.reference(
                            property: remote.spelled("property"), decoding: remote.spelled("decodingStrategy"))),
                    position: data.position))
        }
        made.rest = rest(of: spec["dataFrom"]?.list ?? [], store: store, namespace: object.namespace, name, stores)
        if let template = spec.descend("target", "template") { made.apply(template) }
        return made
    }

    private static func rest(
        of sources: [ManifestNode], store: ManifestNode?, namespace: String?, _ name: String, _ stores: StoreIndex
    ) -> Rest {
        guard let first = sources.first else { return .none }
        if sources.count == 1, first["rewrite"] == nil, let extract = first["extract"],
            extract["property"] == nil,
            let place = stores.place(
                extract, in: first.descend("sourceRef", "storeRef") ?? store, namespace: namespace)
        {
            return .members(of: place)
        }
        return .unknown("dataFrom of the ExternalSecret \(name) brings names that no file shows")
    }

    /// `target.template`: with `mergePolicy: Replace`, the default, its keys alone.
    private mutating func apply(_ template: ManifestNode) {
        if template["templateFrom"] != nil {
            rest = .unknown("templateFrom of the ExternalSecret \(name) brings names that no file shows")
        }
        guard let members = template["data"]?.map else { return }
        let made = members.map { member in
            Entry(key: member.key, value: filled(member.value.scalar?.text ?? ""), position: member.position)
        }
        if template.spelled("mergePolicy") == "Merge" {
            entries = entries.filter { entry in !made.contains { $0.key == entry.key } } + made
        } else {
            entries = made
            if template["templateFrom"] == nil { rest = .none }
        }
    }

    /// `{{ .key }}` takes what was read under that key; functions are not followed.
    private func filled(_ text: String) -> BoundValue {
        var value = BoundValue.empty
        var rest = text[...]
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            value = value + .literal(String(rest[..<open.lowerBound]))
            let action = String(rest[open.upperBound..<close.lowerBound])
            if let match = action.wholeMatch(of: /-?\s*\.([A-Za-z0-9_]+)\s*(\|\s*toString\s*)?-?/),
                let entry = entry(String(match.1))
            {
                value = value + entry.value
            } else {
                value = value + .opaque("{{\(action)}}")
            }
            rest = rest[close.upperBound...]
        }
        return value + .literal(String(rest))
    }

    /// The Secret that a `SealedSecret` (Bitnami) is opened to: its keys are known, its values are in the cluster alone.
    static func sealed(_ object: KubernetesObject) -> ConfigObject? {
        guard object.kind == "SealedSecret", object.group == "bitnami.com" else { return nil }
        let template = object.node.descend("spec", "template")
        let name = template?.spelled("metadata", "name") ?? object.name
        let namespace = template?.spelled("metadata", "namespace") ?? object.namespace
        var made = ConfigObject(kind: .secret, namespace: namespace, name: name, position: object.position)
        for member in object.node.descend("spec", "encryptedData")?.map ?? [] {
            let place = SecretReference(.kubernetes, "\(place(namespace, name))#\(member.key)")
            made.entries.append(Entry(key: member.key, value: .reference(place), position: member.position))
        }
        for member in template?["data"]?.map ?? [] {
            made.entries.append(
                Entry(key: member.key, value: made.filled(member.value.scalar?.text ?? ""), position: member.position))
        }
        return made
    }
}
