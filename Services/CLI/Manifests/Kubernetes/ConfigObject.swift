import Evidence

/// What a Secret or ConfigMap holds, as far as the tree tells: from the object itself, or from the one that a controller
/// makes it of.
struct ConfigObject: Sendable {
    enum Kind: Sendable { case secret, configuration }

    struct Entry: Sendable {
        let key: String
        let value: BoundValue
        /// Where the text stands; of a reference, where it is named.
        let position: SourcePosition
    }

    /// Which keys it may have beyond `entries`.
    enum Rest: Sendable {
        case none
        /// One remote object whose members become keys.
        case members(of: RemotePlace)
        /// Why nobody can tell.
        case unknown(String)
    }

    let kind: Kind
    let namespace: String?
    let name: String
    let position: SourcePosition
    var entries: [Entry] = []
    var rest = Rest.none

    /// As `SecretReference` spells it: `NAMESPACE/NAME`; the name alone where whoever applies it gives the namespace.
    static func place(_ namespace: String?, _ name: String) -> String { namespace.map { "\($0)/\(name)" } ?? name }

    func entry(_ key: String) -> Entry? {
        if let entry = entries.last(where: { $0.key == key }) { return entry }
        guard case .members(let place) = rest else { return nil }
        return Entry(key: key, value: .reference(place.reference(property: key)), position: position)
    }

    /// The same object from two sources: the later one's keys win.
    mutating func add(_ other: ConfigObject) {
        let taken = Set(other.entries.map(\.key))
        entries = entries.filter { !taken.contains($0.key) } + other.entries
        if case .none = rest { rest = other.rest }
    }
}

extension ConfigObject {
    /// A Secret or ConfigMap; nil for other kinds.
    init?(_ object: KubernetesObject, unread: inout [UnreadFile]) {
        let isSecret = object.kind == "Secret"
        guard object.apiVersion == "v1", isSecret || object.kind == "ConfigMap" else { return nil }
        self.init(
            kind: isSecret ? .secret : .configuration, namespace: object.namespace, name: object.name,
            position: object.position)
        if let hidden = object.hidden { rest = .unknown(hidden) }
        for member in object.node["data"]?.map ?? [] {
            let value =
                isSecret ? Self.decoded(member, of: object, unread: &unread) : member.value.bound
            entries.append(Entry(key: member.key, value: value, position: Self.position(of: member)))
        }
        // The API server writes stringData over data.
        for member in object.node["stringData"]?.map ?? [] where isSecret {
            entries.removeAll { $0.key == member.key }
            entries.append(Entry(key: member.key, value: member.value.bound, position: Self.position(of: member)))
        }
        for member in object.node["binaryData"]?.map ?? [] where !isSecret {
            entries.append(
                Entry(key: member.key, value: .opaque("binaryData.\(member.key)"), position: member.position))
        }
    }

    private static func position(of member: ManifestNode.Member) -> SourcePosition {
        member.value.filled?.position ?? member.position
    }

    private static func decoded(
        _ member: ManifestNode.Member, of object: KubernetesObject, unread: inout [UnreadFile]
    ) -> BoundValue {
        let place = "\(ConfigObject.place(object.namespace, object.name))#\(member.key)"
        if let filled = member.value.filled, filled.isBase64 { return filled.value }
        if let filled = member.value.filled, filled.value.literal == nil { return .opaque("the data of \(place)") }
        guard let scalar = member.value.scalar, scalar.kind != .null else { return .empty }
        // What is filled in later is base64 itself: one variable gives one value, and not the one that it has elsewhere.
        let template = PlaceholderText.bound(scalar.text)
        if let reference = template.reference {
            return .reference(SecretReference(reference.store, reference.name, scope: "base64"))
        }
        if template.literal == nil { return .opaque("the data of \(place)") }
        guard let bytes = Base64Text.decode(scalar.text) else {
            unread.append(
                UnreadFile(
                    member.position,
                    "data.\(member.key) of the Secret \(object.name) is not base64; write it under stringData"))
            return .opaque("the data of \(place)")
        }
        // Bytes that are no text are one value all the same, known by their place.
        return String(validating: bytes, as: UTF8.self).map { .literal($0) } ?? .opaque("the data of \(place)")
    }
}
