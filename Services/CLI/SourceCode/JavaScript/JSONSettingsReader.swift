package import Evidence

/// JSON files that bind settings: node-config's `custom-environment-variables.json` and `default.json`, and plugins'
/// manifests.
package struct JSONSettingsReader: SourceReader {
    package let endings: Set<String> = []
    private static let manifests: Set<String> = ["manifest.json", "module.json", "plugin.json"]
    private static let nodeConfig = "custom-environment-variables.json"

    package init() {}

    package func reads(fileNamed name: String) -> Bool { Self.manifests.contains(name) || name == Self.nodeConfig }

    package func facts(of text: String, file: String) -> SourceFacts {
        var parser = JavaScriptExpressions(
            Lexer.tokens(of: text, file: file, rules: .javascript), file: file)
        parser.cursor.passLineEnds()
        let reading = FileReading([], file: file, dialect: JavaScriptDialect(language: .settings))
        guard let entries = parser.expression().entries else { return reading.facts }
        if SourceTree.name(of: file) == Self.nodeConfig {
            bind(entries, path: "", depth: 0, to: reading)
        } else {
            ModuleManifest.visit(entries, of: reading)
        }
        return reading.facts
    }

    /// `{"jwt": {"secret": "JWT_SECRET"}}`: `config.get('jwt.secret')` reads `JWT_SECRET`.
    private func bind(_ entries: [Expression.Entry], path: String, depth: Int, to reading: FileReading) {
        guard depth < 8 else { return }
        for entry in entries {
            guard let key = entry.key else { continue }
            let path = path.isEmpty ? key : path + "." + key
            if let inner = entry.value.entries {
                if let name = inner["__name"]?.text {
                    add(name, path, at: inner["__name"]?.position ?? entry.position, to: reading)
                } else {
                    bind(inner, path: path, depth: depth + 1, to: reading)
                }
            } else if let name = entry.value.text {
                add(name, path, at: entry.value.position, to: reading)
            }
        }
    }

    private func add(_ variable: String, _ path: String, at position: SourcePosition, to reading: FileReading) {
        guard SigningSecretName.isOfInterest(variable) || SigningSecretName.isOfInterest(path) else { return }
        reading.facts.reads.append(
            SecretRead(
                KeyExpression([.variable(variable, emptyCounts: false, position)]), bound: path, loader: "node-config",
                at: position))
    }
}
