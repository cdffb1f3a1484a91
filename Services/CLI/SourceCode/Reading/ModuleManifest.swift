import Evidence

/// A plugin's manifest that declares settings which belong to the core: the name of the module, and under `config`,
/// `settings` or the like a list or object of names.
enum ModuleManifest {
    static let holders: Set<String> = [
        "config", "settings", "configuration", "env", "environment", "config_schema", "default_config", "defaults",
        "required_settings", "env_vars",
    ]
    private static let names = ["module_name", "moduleName", "plugin_name", "pluginName", "name", "id"]

    static func visit(binding name: String, to value: Expression, of reading: FileReading) {
        guard let entries = value.entries else { return }
        let lower = name.lowercased()
        guard lower.contains("manifest") || lower.contains("plugin") || lower.contains("module") else { return }
        visit(entries, of: reading)
    }

    static func visit(_ entries: [Expression.Entry], of reading: FileReading) {
        guard let module = names.lazy.compactMap({ entries[$0]?.text }).first else { return }
        for entry in entries where entry.key.map({ holders.contains($0) }) ?? false {
            switch entry.value.kind {
            case .object(let settings):
                for setting in settings {
                    if let key = setting.key { add(key, module, at: setting.position, to: reading) }
                    if holders.contains(setting.key ?? ""), let inner = setting.value.entries {
                        for setting in inner { add(setting.key ?? "", module, at: setting.position, to: reading) }
                    }
                }
            case .list(let settings):
                for setting in settings {
                    let name = setting.text == nil ? setting.entries.flatMap { $0["name"] ?? $0["key"] } : setting
                    if let name, let text = name.text { add(text, module, at: name.position, to: reading) }
                }
            default: break
            }
        }
    }

    /// Security, database and CORS settings.
    static func belongsToCore(_ name: String) -> Bool {
        if SigningSecretName.isOfInterest(name) { return true }
        let words = Set(SigningSecretName.words(of: name))
        return words.contains("CORS") || words.isSuperset(of: ["DATABASE", "URL"])
            || words.isSuperset(of: ["JWT", "ALGORITHM"])
            || words.isSuperset(of: ["ALLOWED", "ORIGINS"]) || words.isSuperset(of: ["DATABASE", "PASSWORD"])
            || words.isSuperset(of: ["JWT", "ISSUER"]) || words.isSuperset(of: ["JWT", "AUDIENCE"])
    }

    private static func add(_ name: String, _ module: String, at position: SourcePosition, to reading: FileReading) {
        guard belongsToCore(name) else { return }
        reading.facts.declaredSettings.append(DeclaredSetting(name, module: module, at: position))
    }
}
