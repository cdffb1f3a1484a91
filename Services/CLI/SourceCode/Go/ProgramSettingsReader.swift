import Evidence

/// The file of settings beside a program (`configs/config.yaml`, `etc/user-api.yaml`), as viper, go-zero and others
/// load it: what its secrets are called, and their texts or placeholders. Code that looks one up is joined with it.
struct ProgramSettingsReader: SourceReader {
    let endings: Set<String> = []

    static let loader = "config file"

    func reads(path: String) -> Bool {
        guard path.hasSuffix(".yaml") || path.hasSuffix(".yml"), !path.hasPrefix("."), !path.contains("/.") else {
            return false
        }
        let name = SourceTree.name(of: path).lowercased()
        let stem = name.prefix(upTo: name.lastIndex(of: ".") ?? name.endIndex)
        if ["example", "sample", "template", "dist"].contains(where: stem.contains) { return false }
        let folder = SourceTree.name(of: SourceTree.folder(of: path)).lowercased()
        return stem == "config" || stem == "settings"
            || ["config.", "config-", "config_"].contains(where: stem.hasPrefix)
            || ["configs", "conf", "etc"].contains(folder)
    }

    func facts(of text: String, file: String) -> SourceFacts {
        var facts = SourceFacts(file: file, language: .settings)
        guard !Self.isManifest(text) else { return facts }
        for line in SettingsLines.of(text, file: file) {
            let words = line.path.split(separator: ".").suffix(2).joined(separator: ".")
            guard SigningSecretName.isOfInterest(words), !line.value.hasPrefix("{"), !line.value.hasPrefix("[") else {
                continue
            }
            guard let alternatives = alternatives(line) else { continue }
            facts.reads.append(
                SecretRead(
                    KeyExpression(alternatives), bound: line.path, loader: Self.loader, at: alternatives[0].position))
        }
        return facts
    }

    /// A text, or `${JWT_SECRET}` as programs expand it; nil for what neither is.
    private func alternatives(_ line: SettingsLine) -> [KeyExpression.Alternative]? {
        let text = line.value
        if let found = SpringProperties.placeholder(text) {
            guard EnvironmentHelper.isVariableName(found.name) else { return nil }
            let variable = KeyExpression.Alternative.variable(found.name, emptyCounts: true, line.valuePosition)
            guard var word = found.fallback else { return [variable] }
            if word.hasPrefix("-") { word.removeFirst() }
            return word.isEmpty ? [variable] : [variable, .literal(word, line.valuePosition)]
        }
        if text.first == "$", EnvironmentHelper.isVariableName(String(text.dropFirst())) {
            return [.variable(String(text.dropFirst()), emptyCounts: true, line.valuePosition)]
        }
        return text.contains("${") || text.contains("{{") ? nil : [.literal(text, line.valuePosition)]
    }

    /// Whether a text is for some other tool: its variables are no settings.
    static func isManifest(_ text: String) -> Bool {
        let heads = [
            "apiVersion:", "services:", "openapi:", "swagger:", "AWSTemplateFormatVersion", "Resources:", "jobs:",
        ]
        return text.split(separator: "\n", maxSplits: 200, omittingEmptySubsequences: true).contains { line in
            heads.contains(where: line.hasPrefix)
        }
    }
}
