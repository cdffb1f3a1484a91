import ServiceKit

/// `PLANT_MODULES`: which of the modules this deployment runs.
package enum ModuleChoice: Sendable, Equatable {
    /// Those that are enabled by default.
    case defaults
    case all
    case none
    case only(Set<String>)

    /// `all`, `none`, or names with commas between; absent: the defaults.
    package init(reader: SettingsReader, variable: String = "PLANT_MODULES") {
        switch reader.string(variable) {
        case nil: self = .defaults
        case "all": self = .all
        case "none": self = .none
        case .some(let text):
            let names = text.split(separator: ",").map { $0.filter { $0 != " " } }
            if names.isEmpty || !names.allSatisfy(ManifestRules.isName) {
                reader.fault(
                    variable, "is no list of module names.",
                    mend: "Give names with commas between, e.g. farm_manager, or all, or none.")
            }
            self = .only(Set(names))
        }
    }

    func includes(_ manifest: ModuleManifest) -> Bool {
        switch self {
        case .defaults: manifest.enabledByDefault
        case .all: true
        case .none: false
        case .only(let names): names.contains(manifest.moduleName)
        }
    }

    /// Chosen, and no module is called so.
    func unknown(among manifests: [ModuleManifest]) -> [String] {
        guard case .only(let names) = self else { return [] }
        return names.subtracting(manifests.map(\.moduleName)).sorted()
    }
}
