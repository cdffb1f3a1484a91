import Evidence

/// Files of variables, each of which makes another deployment of the same configuration.
struct TerraformVariableSets {
    /// Nil for the configuration with nothing but what is always read.
    let file: String?
    let values: [String: TerraformValue]

    /// `terraform.tfvars` and `*.auto.tfvars` of the folder are always read; every other file that belongs to it is a set.
    static func find(
        _ folder: String, _ files: [String: HCLBody], modules: [String: TerraformModule]
    ) -> [TerraformVariableSets] {
        let own = files.keys.sorted().filter { owner(of: $0, modules) == folder }
        var always: [String: TerraformValue] = [:]
        for path in own where SourceTree.folder(of: path) == folder && isAutomatic(path) {
            always.merge(values(files[path])) { $1 }
        }
        let named = own.filter { !(SourceTree.folder(of: $0) == folder && isAutomatic($0)) }
        guard !named.isEmpty else { return [TerraformVariableSets(file: nil, values: always)] }
        return named.map { path in
            TerraformVariableSets(file: path, values: always.merging(values(files[path])) { $1 })
        }
    }

    private static func isAutomatic(_ path: String) -> Bool {
        let name = SourceTree.name(of: path)
        return name == "terraform.tfvars" || name.hasSuffix(".auto.tfvars")
    }

    /// The nearest folder above that holds a configuration.
    private static func owner(of path: String, _ modules: [String: TerraformModule]) -> String? {
        var folder = SourceTree.folder(of: path)
        while true {
            if modules[folder] != nil { return folder }
            if folder.isEmpty { return nil }
            folder = SourceTree.folder(of: folder)
        }
    }

    private static func values(_ body: HCLBody?) -> [String: TerraformValue] {
        let scope = TerraformScope(
            module: TerraformModule(folder: "", bodies: []), inputs: [:], address: "", modules: [:],
            tree: SourceTree([:]), budget: ReadingBudget(100_000))
        return (body?.attributes ?? []).reduce(into: [:]) { $0[$1.name] = scope.evaluate($1.value) }
    }

    /// Secrets in a file of variables.
    static func loose(_ path: String, _ body: HCLBody) -> ManifestReading {
        var reading = ManifestReading()
        for attribute in body.attributes {
            let value = values(HCLBody(attributes: [attribute]))[attribute.name] ?? .null
            reading.loose += TerraformLoose.bindings(attribute.name, value, in: .configuration, at: attribute.position)
        }
        return reading
    }
}

enum TerraformLoose {
    /// A name with a value that stands there, also inside a mapping.
    static func bindings(
        _ name: String, _ value: TerraformValue, in place: LooseBinding.Place, at position: SourcePosition
    ) -> [LooseBinding] {
        switch value {
        case .object(let members), .json(.object(let members)):
            return members.flatMap { bindings($0.key, $0.value, in: place, at: $0.position) }
        case .bound(let bound, _):
            return DeliverySite.showsSecret(name, bound) ? [LooseBinding(name, bound, in: place, at: position)] : []
        default: return []
        }
    }
}
