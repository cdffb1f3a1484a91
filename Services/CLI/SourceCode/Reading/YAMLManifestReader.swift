package import Evidence

/// A plugin's manifest in YAML, as far as names under `config:` and the like go: block style, which is how people write
/// them. What else YAML can say is the manifests' reader's.
package struct YAMLManifestReader: SourceReader {
    package let endings: Set<String> = []
    private static let names: Set<String> = [
        "manifest.yaml", "manifest.yml", "module.yaml", "module.yml", "plugin.yaml", "plugin.yml",
    ]
    private static let modules: Set<String> = ["module_name", "moduleName", "plugin_name", "pluginName", "name", "id"]

    package init() {}

    package func reads(fileNamed name: String) -> Bool { Self.names.contains(name) }

    private struct Line {
        let indentation: Int
        let key: String
        let value: String
        let position: SourcePosition
    }

    package func facts(of text: String, file: String) -> SourceFacts {
        var facts = SourceFacts(file: file, language: .settings)
        let lines = lines(of: text, file: file)
        guard let module = lines.first(where: { $0.indentation == 0 && Self.modules.contains($0.key) })?.value,
            !module.isEmpty
        else { return facts }
        var holder: Int?
        for line in lines {
            if let indentation = holder, line.indentation <= indentation { holder = nil }
            if let indentation = holder {
                guard line.indentation > indentation else { continue }
                // `- name: SECRET_KEY`, `SECRET_KEY: …`, `- SECRET_KEY`
                let name = line.key == "name" || line.key == "key" ? line.value : line.key
                if ModuleManifest.belongsToCore(name) {
                    facts.declaredSettings.append(DeclaredSetting(name, module: module, at: line.position))
                }
            } else if ModuleManifest.holders.contains(line.key), line.value.isEmpty {
                holder = line.indentation
            }
        }
        return facts
    }

    private func lines(of text: String, file: String) -> [Line] {
        var lines: [Line] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let rest = line.drop { $0 == " " }
            // An entry of a list stands below its holder even where it is not indented.
            let isEntry = rest.hasPrefix("- ")
            let content = isEntry ? rest.dropFirst(2).drop { $0 == " " } : rest
            guard let first = content.first, first != "#" else { continue }
            let column = line.distance(from: line.startIndex, to: content.startIndex) + 1
            let colon = content.firstIndex(of: ":")
            lines.append(
                Line(
                    indentation: line.count - rest.count + (isEntry ? 1 : 0),
                    key: Self.plain(colon.map { content[..<$0] } ?? content),
                    value: colon.map { Self.plain(content[content.index(after: $0)...]) } ?? "",
                    position: SourcePosition(file: file, line: index + 1, column: column)))
        }
        return lines
    }

    /// Without blanks, quotes and a comment behind it.
    private static func plain(_ text: Substring) -> String {
        let words = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard let first = words.first, !first.hasPrefix("#") else { return "" }
        return first.filter { $0 != "\"" && $0 != "'" && $0 != "\r" }
    }
}
