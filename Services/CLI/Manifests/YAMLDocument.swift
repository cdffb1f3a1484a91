import Evidence
import Yams

/// The one place that knows Yams: text to `ManifestNode`.
package enum YAMLDocument {
    /// Aliases are copied where they are used; this stops a few lines from growing without end.
    private static let nodeLimit = 100_000

    /// A file of one document, in plain YAML.
    package static func parse(_ text: String, file: String) throws(ManifestFaults) -> ManifestNode {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text, .basic)
        } catch {
            throw ManifestFaults([fault(error, file: file)])
        }
        let start = SourcePosition(file: file, line: 1)
        guard let root else { throw ManifestFaults([.init(start, "the file is empty", mend: "write a mapping")]) }
        var converter = Converter(file: file, budget: nodeLimit, allowsTags: false)
        do throws(ManifestFault) {
            return try converter.node(root)
        } catch {
            throw ManifestFaults([error])
        }
    }

    /// A file of any number of documents, whose tags may be its own. JSON is read as the YAML that it is.
    /// - Throws: for the whole file, as what follows a syntax error can't be trusted.
    package static func documents(_ text: String, file: String) throws(ManifestFaults) -> [ManifestNode] {
        // What a chart renders to is large by itself; what aliases make of a small file is not.
        var converter = Converter(file: file, budget: nodeLimit + text.utf8.count / 8, allowsTags: true)
        var documents: [ManifestNode] = []
        do {
            // The sequence ends at an error without throwing it.
            var roots = try Yams.compose_all(yaml: text, .basic)
            while let root = roots.next() { documents.append(try converter.node(root)) }
            if let error = roots.error { throw error }
        } catch let fault as ManifestFault {
            throw ManifestFaults([fault])
        } catch {
            throw ManifestFaults([fault(error, file: file)])
        }
        return documents
    }

    private static func fault(_ error: any Error, file: String) -> ManifestFault {
        func at(_ line: Int, _ problem: String) -> ManifestFault {
            .init(.init(file: file, line: line), "not YAML: \(problem)", mend: "mend the syntax there")
        }
        guard let error = error as? YamlError else { return at(1, "unreadable") }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return at(mark.line, problem)
        case .duplicatedKeysInMapping(let duplicates, let context):
            return .init(
                .init(file: file, line: context.mark.line),
                "the keys \(duplicates.joined(separator: ", ")) stand twice in this mapping", mend: "keep one of each")
        case .reader(let problem, _, _, _): return at(1, problem)
        default: return at(1, "unreadable")
        }
    }

    private struct Converter {
        let file: String
        var budget: Int
        let allowsTags: Bool

        mutating func node(_ node: Node) throws(ManifestFault) -> ManifestNode {
            let position = position(node)
            budget -= 1
            guard budget > 0 else {
                throw ManifestFault(position, "aliases make this file too large", mend: "use fewer aliases")
            }
            switch node {
            case .scalar(let scalar):
                let tag = scalar.tag.description
                let own = Self.own(tag)
                guard allowsTags || tag.isEmpty || tag == "!" || tag == "tag:yaml.org,2002:str" else {
                    throw ManifestFault(position, "the tag \(tag) is not understood", mend: "leave it away")
                }
                let isPlain = (tag.isEmpty || own != nil) && (scalar.style == .plain || scalar.style == .any)
                return ManifestNode(.scalar(.init(scalar.string, isPlain: isPlain)), at: position, tag: own)
            case .sequence(let sequence):
                var list: [ManifestNode] = []
                for element in sequence { list.append(try self.node(element)) }
                return ManifestNode(.list(list), at: position, tag: Self.own(sequence.tag.description))
            case .mapping(let mapping):
                return ManifestNode(
                    .map(try members(of: mapping)), at: position, tag: Self.own(mapping.tag.description))
            case .alias:
                throw ManifestFault(position, "an alias names no anchor", mend: "define the anchor above")
            }
        }

        private func position(_ node: Node) -> SourcePosition {
            SourcePosition(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        }

        private static func own(_ tag: String) -> String? {
            tag.count > 1 && tag.hasPrefix("!") ? tag : nil
        }

        /// Own keys win over merged ones, and of several merged mappings the first (YAML 1.1, merge key).
        private mutating func members(of mapping: Node.Mapping) throws(ManifestFault) -> [ManifestNode.Member] {
            var own: [ManifestNode.Member] = []
            var merged: [ManifestNode.Member] = []
            for (keyNode, valueNode) in mapping {
                let position = position(keyNode)
                guard case .scalar(let scalar) = keyNode else {
                    throw ManifestFault(position, "a key is not a plain word", mend: "write a word before the colon")
                }
                let value = try node(valueNode)
                guard scalar.string == "<<" else {
                    own.append(.init(key: scalar.string, position: position, value: value))
                    continue
                }
                for source in value.list ?? [value] {
                    guard let members = source.map else {
                        throw ManifestFault(position, "<< merges something that is no mapping", mend: "merge a mapping")
                    }
                    merged += members.filter { member in !merged.contains { $0.key == member.key } }
                }
            }
            return own + merged.filter { member in !own.contains { $0.key == member.key } }
        }
    }
}
