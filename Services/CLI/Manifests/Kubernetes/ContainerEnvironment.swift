import Evidence

/// The variables of one container by Kubernetes' order: `envFrom` from first to last, then `env` from first to last, each
/// over what was there before.
struct ContainerEnvironment {
    private(set) var assignments: [Assignment] = []
    private(set) var overridden: [Assignment] = []
    private(set) var gaps: [Gap] = []
    private(set) var dangling: [DanglingReference] = []
    private let owner: KubernetesObject
    private let index: ConfigIndex

    init(owner: KubernetesObject, index: ConfigIndex) {
        self.owner = owner
        self.index = index
    }

    mutating func read(_ container: ManifestNode) {
        for node in container["envFrom"]?.list ?? [] { readAll(node) }
        for node in container["env"]?.list ?? [] { readOne(node) }
    }

    private mutating func put(_ assignment: Assignment) {
        if let index = assignments.firstIndex(where: { $0.name == assignment.name }) {
            overridden.append(assignments.remove(at: index))
        }
        assignments.append(assignment)
    }

    // MARK: envFrom

    private mutating func readAll(_ node: ManifestNode) {
        let prefix = node.spelled("prefix") ?? ""
        for (key, kind) in [("secretRef", ConfigObject.Kind.secret), ("configMapRef", .configuration)] {
            guard let name = node.spelled(key, "name") else { continue }
            let word = kind == .secret ? "the Secret" : "the ConfigMap"
            guard let object = index.find(kind, name, in: owner.namespace) else {
                gaps.append(
                    Gap("\(word) \(name), of which envFrom takes all names, is not in the tree", at: node.position))
                continue
            }
            for entry in object.entries {
                put(
                    Assignment(
                        prefix + entry.key, entry.value, at: node.position, origin: .file, valueAt: entry.position))
            }
            switch object.rest {
            case .none: break
            case .members(let place):
                let shown = place.reference(property: nil).description
                gaps.append(Gap("\(word) \(name) takes all names of \(shown)", at: node.position))
            case .unknown(let reason): gaps.append(Gap(reason, at: node.position))
            }
        }
    }

    // MARK: env

    private mutating func readOne(_ node: ManifestNode) {
        guard let name = node.spelled("name") else { return }
        if let source = node["valueFrom"], !source.isNull {
            readReference(name, source, node)
        } else {
            let value = node["value"].map { expanded($0.bound) } ?? .empty
            let position = node["value"]?.filled?.position ?? elsewhere(node["value"], than: node)
            put(Assignment(name, value, at: node.position, valueAt: position))
        }
    }

    private mutating func readReference(_ name: String, _ source: ManifestNode, _ node: ManifestNode) {
        for (member, kind) in [("secretKeyRef", ConfigObject.Kind.secret), ("configMapKeyRef", .configuration)] {
            guard let reference = source[member] else { continue }
            guard let object = reference.spelled("name"), let key = reference.spelled("key") else {
                put(Assignment(name, .opaque("a \(member) without name or key"), at: node.position))
                return
            }
            let known = index.find(kind, object, in: owner.namespace)
            if let entry = known?.entry(key) {
                put(Assignment(name, entry.value, at: node.position, valueAt: entry.position))
            } else if let known, case .none = known.rest, reference.spelled("optional") == "true" {
                // The object is there, its key is not, and the pod starts all the same: the variable is not set.
                return
            } else if let known, case .none = known.rest, !known.entries.isEmpty {
                // An object without any key is one that somebody else fills.
                let word = kind == .secret ? "Secret" : "ConfigMap"
                dangling.append(
                    DanglingReference(
                        name, at: node.position, wanted: "the key \(key) of the \(word) \(object) at \(known.position)")
                )
            } else {
                let place = SecretReference(.kubernetes, "\(ConfigObject.place(owner.namespace, object))#\(key)")
                put(
                    Assignment(
                        name, .reference(place), at: node.position,
                        valueAt: elsewhere(reference["name"], than: node)))
            }
            return
        }
        if let path = source.spelled("fieldRef", "fieldPath") {
            put(Assignment(name, field(path), at: node.position))
        } else {
            put(Assignment(name, .opaque(source.map?.first?.key ?? "valueFrom"), at: node.position))
        }
    }

    /// Where a patch of another file has written it.
    private func elsewhere(_ node: ManifestNode?, than entry: ManifestNode) -> SourcePosition? {
        node.flatMap { $0.position.file == entry.position.file ? nil : $0.position }
    }

    private func field(_ path: String) -> BoundValue {
        switch path {
        case "metadata.namespace": owner.namespace.map { .literal($0) } ?? .opaque(path)
        default: .opaque("\(path) of \(owner.name)")
        }
    }

    /// `$(NAME)` takes a variable that was set before; a name that is not known stays as it is written, and `$$` is a
    /// dollar sign (k8s.io/kubernetes/third_party/forked/golang/expansion).
    private func expanded(_ value: BoundValue) -> BoundValue {
        value.pieces.reduce(.empty) { result, piece in
            guard case .text(let text) = piece, text.utf8.contains(UInt8(ascii: "$")) else {
                return result + BoundValue([piece])
            }
            return result + expanded(text[...])
        }
    }

    private func expanded(_ text: Substring) -> BoundValue {
        var value = BoundValue.empty
        var rest = text
        while let dollar = rest.firstIndex(of: "$") {
            value = value + .literal(String(rest[..<dollar]))
            let after = rest[rest.index(after: dollar)...]
            if after.first == "$" {
                value = value + .literal("$")
                rest = after.dropFirst()
            } else if after.first == "(", let end = after.firstIndex(of: ")") {
                let name = String(after[after.index(after: after.startIndex)..<end])
                if let known = assignments.last(where: { $0.name == name }) {
                    value = value + known.value
                } else {
                    // With names that no file shows, it may be one of them.
                    value = value + (gaps.isEmpty ? .literal("$(\(name))") : .opaque("$(\(name))"))
                }
                rest = after[after.index(after: end)...]
            } else {
                value = value + .literal("$")
                rest = after
            }
        }
        return value + .literal(String(rest))
    }
}
