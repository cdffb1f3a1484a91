import Secrets

/// One version of a secret in a KV engine of version 2: fields with their values.
struct VaultSecret: Sendable {
    /// The newest version's number; 0 where there never was one.
    var version: Int64
    /// Of each field, its name and its value as JSON, in Vault's order; nil where this version is deleted.
    var fields: [(name: [UInt8], value: [UInt8])]?
    /// Why there are no fields.
    var absence: String = ""

    /// What lies in a field.
    enum Field: Sendable { case none, text(SecretBytes), otherKind }

    func field(_ name: String) -> Field {
        guard let found = fields?.first(where: { $0.name == Array(name.utf8) }) else { return .none }
        guard let json = try? StrictJSON(found.value, limits: .init(bytes: 262_144, depth: 16, nodes: 16_384)),
            let bytes = json.utf8(json.root)
        else { return found.value == Array("null".utf8) ? .none : .otherKind }
        return .text(SecretBytes(bytes))
    }

    /// The fields with these set, or taken away where nil; the others as they are.
    func setting(_ changes: [(name: String, value: SecretBytes?)]) -> [(name: [UInt8], value: [UInt8])] {
        var fields = fields ?? []
        for change in changes {
            let name = Array(change.name.utf8)
            let value = change.value.map { $0.withUnsafeBytes { JSONText.string($0) } }
            if let index = fields.firstIndex(where: { $0.name == name }) {
                if let value { fields[index].value = value } else { fields.remove(at: index) }
            } else if let value {
                fields.append((name: name, value: value))
            }
        }
        return fields
    }

    /// - Throws: `unavailable` where it is not what KV version 2 answers.
    init(_ reply: VaultAPI.Reply) throws(VaultFault) {
        guard let json = reply.json, let data = reply.data, let metadata = json.member(data, "metadata"),
            let version = json.member(metadata, "version").flatMap(json.integer)
        else {
            guard reply.status == .notFound else {
                throw .unavailable(reason: "the answer is none of a KV engine of version 2")
            }
            self.version = 0
            absence = "nothing lies there, or this login may not know"
            return
        }
        self.version = version
        if let fields = json.member(data, "data"), json.kind(fields) == .object, reply.status == .ok {
            self.fields = json.members(fields).map { name, value in
                (name: json.utf8(name) ?? [], value: Self.source(json, value))
            }
        } else if json.member(metadata, "destroyed").map({ json.kind($0) == .true }) ?? false {
            absence = "version \(version) is destroyed"
        } else {
            absence = "version \(version) is deleted (vault kv undelete brings it back)"
        }
    }

    private static func source(_ json: StrictJSON, _ node: StrictJSON.Node) -> [UInt8] {
        let raw = Array(json.raw(node))
        guard json.kind(node) == .string else { return raw }
        return [UInt8(ascii: "\"")] + raw + [UInt8(ascii: "\"")]
    }
}
