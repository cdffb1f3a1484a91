import ServiceKit

/// A module's own settings, read once: declared in its manifest, named `MODULE_<NAME>_<SETTING>`. It can reach no other.
package struct ModuleSettings: Sendable {
    package enum Value: Sendable, Equatable {
        case text(String)
        case integer(Int)
        case flag(Bool)
    }

    private let values: [String: Value]

    /// - Parameter variables: all of the process's; those of other names are not looked at.
    /// - Throws: `SettingsError` with every fault: a value out of bounds, a variable of this module that its manifest does
    ///   not declare, one that is the core's.
    package init(manifest: ModuleManifest, variables: [String: String]) throws {
        let prefix = Self.prefix(of: manifest)
        let own = variables.filter { $0.key.hasPrefix(prefix) }
        let reader = SettingsReader(variables: own)
        var values: [String: Value] = [:]
        for setting in manifest.settings {
            let name = prefix + setting.name
            switch setting.kind {
            case .text(let text, let maximum):
                let given = reader.string(name, default: text)
                if let problem = TextRule.problem(in: given, length: 0...maximum, multiline: false) {
                    reader.fault(name, "\(problem).", mend: "Give at most \(maximum) characters.")
                }
                values[setting.name] = .text(given)
            case .integer(let number, let range):
                values[setting.name] = .integer(reader.int(name, default: number, in: range))
            case .flag(let flag):
                values[setting.name] = .flag(reader.bool(name, default: flag))
            case .choice(let choice, let choices):
                let given = reader.string(name, default: choice)
                if !choices.contains(given) {
                    reader.fault(
                        name, "is none of \(choices.joined(separator: ", ")).", mend: "Choose one of these.")
                }
                values[setting.name] = .text(given)
            }
        }
        let declared = Set(manifest.settings.map { prefix + $0.name })
        for name in own.keys.sorted() where !declared.contains(name) {
            if let protection = ManifestRules.protection(of: String(name.dropFirst(prefix.count))) {
                reader.fault(name, "can't be a module's setting: \(protection.reason).", mend: "Remove it.")
            } else {
                let known = declared.sorted().joined(separator: ", ")
                reader.fault(
                    name, "is no setting of \(manifest.moduleName).",
                    mend: known.isEmpty ? "Remove it: this module has none." : "There are \(known).")
            }
        }
        try reader.finish()
        self.values = values
    }

    /// `MODULE_FARM_MANAGER_`
    package static func prefix(of manifest: ModuleManifest) -> String {
        "MODULE_\(manifest.moduleName.uppercased())_"
    }

    /// What was declared as text or choice; reading what the manifest does not declare is a fault in the module.
    package func text(_ name: String) throws(ModuleFault) -> String {
        guard case .text(let text)? = values[name] else { throw .undeclaredSetting(name) }
        return text
    }

    package func integer(_ name: String) throws(ModuleFault) -> Int {
        guard case .integer(let number)? = values[name] else { throw .undeclaredSetting(name) }
        return number
    }

    package func flag(_ name: String) throws(ModuleFault) -> Bool {
        guard case .flag(let flag)? = values[name] else { throw .undeclaredSetting(name) }
        return flag
    }
}
