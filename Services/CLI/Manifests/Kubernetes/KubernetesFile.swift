import Evidence

/// One file of plain manifests.
enum KubernetesFile {
    /// Its objects; what it shows of secrets, and what can't be read, goes to `reading`.
    /// - Returns: nil where the file can't be read.
    static func read(_ path: String, in tree: SourceTree, into reading: inout ManifestReading) -> [KubernetesObject]? {
        do throws(UnreadFile) {
            let text = try tree.text(path)
            let objects = try objects(of: text, path)
            note(objects, in: &reading)
            return objects
        } catch {
            reading.unread.append(error)
            return nil
        }
    }

    static func objects(of text: String, _ path: String) throws(UnreadFile) -> [KubernetesObject] {
        do throws(ManifestFaults) {
            return KubernetesObject.objects(in: try YAMLDocument.documents(text, file: path))
        } catch {
            let first = error.faults.first
            let position = first?.position ?? SourcePosition(file: path, line: 1)
            let reason = first.map { "\($0.problem); \($0.mend)" } ?? "it is no YAML"
            let isTemplate = text.contains("{{")
            throw UnreadFile(
                position,
                isTemplate ? "\(reason), or render the template and check what comes out" : reason)
        }
    }

    /// Secrets and settings that stand in the files, and values that are not what they should be.
    static func note(_ objects: [KubernetesObject], in reading: inout ManifestReading) {
        for object in objects {
            guard let config = ConfigObject(object, unread: &reading.unread) else { continue }
            reading.loose += config.entries.compactMap { loose($0, of: config) }
        }
    }

    private static func loose(_ entry: ConfigObject.Entry, of object: ConfigObject) -> LooseBinding? {
        guard !entry.value.isEmpty, !entry.value.isOpaque else { return nil }
        let isSecret = object.kind == .secret
        let isGeneric = isSecret && generic.contains(entry.key.lowercased()) && SecretLikeName.isLikely(object.name)
        guard isGeneric || SecretLikeName.isLikely(entry.key) else { return nil }
        return LooseBinding(
            isGeneric ? named(entry.key, in: object.name) : entry.key, entry.value,
            in: isSecret ? .secretObject : .configuration, at: entry.position)
    }

    /// Keys that say nothing by themselves: `secret` in a Secret `jwt` is `jwt.secret`, `value` in `jwt-secret` is that.
    private static func named(_ key: String, in object: String) -> String {
        let isSaid = ["value", "data"].contains(key) || SecretLikeName.words(of: object).last == key
        return isSaid ? object : "\(object).\(key)"
    }

    private static let generic: Set<String> = ["value", "key", "secret", "data", "jwt", "token", "hs256", "signing"]
}
