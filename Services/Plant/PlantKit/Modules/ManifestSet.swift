/// What manifests say of each other.
enum ManifestSet {
    /// Marks those that are not chosen as disabled and those that can't be taken as refused; the rest is `disabled` until
    /// it is loaded.
    static func judge(_ records: [ModuleRecord], choice: ModuleChoice, core: SemanticVersion) {
        var names: Set<String> = []
        var prefixes: [String: String] = [:]
        var permissions: Set<String> = []
        for record in records {
            let manifest = record.manifest
            do throws(ManifestFault) {
                try ManifestRules.check(manifest)
                try ManifestRules.checkTables(record.type.migrations, of: manifest.moduleName)
                guard !names.contains(manifest.moduleName) else { throw .nameTaken(manifest.moduleName) }
                if let owner = prefixes[manifest.routePrefix] {
                    throw .prefixTaken(manifest.routePrefix, by: owner)
                }
                if reservedPrefixes.contains(manifest.routePrefix) {
                    throw .prefixTaken(manifest.routePrefix, by: ModuleRequirement.core)
                }
                var own: Set<String> = []
                for permission in manifest.permissions {
                    let isCores = reservedPermissions.contains { permission.name.hasPrefix($0) }
                    guard !isCores, !permissions.contains(permission.name), own.insert(permission.name).inserted else {
                        throw .permissionTaken(permission.name)
                    }
                }
                names.insert(manifest.moduleName)
                prefixes[manifest.routePrefix] = manifest.moduleName
                permissions.formUnion(own)
                record.become(choice.includes(manifest) ? .chosen : .disabled)
            } catch {
                record.become(.refused(error.description))
            }
        }
        for cycle in circles(records) {
            for record in records where cycle.contains(record.manifest.moduleName) && record.state == .chosen {
                record.become(.refused(ManifestFault.circular(cycle).description))
            }
        }
    }

    /// What the core answers itself.
    static let reservedPrefixes: Set<String> = Set(
        ["admin", "audit", "auth", "customers", "debug", "diagnostics", "modules", "permissions", "roles", "skills"]
            .map { "/api/v1/\($0)" })
    static let reservedPermissions = [
        "admin.", "audit.", "core.", "customers.", "db.", "modules.", "roles.", "skills.",
    ]

    /// Those that are chosen, each behind what it stands on.
    static func order(_ records: [ModuleRecord]) -> [ModuleRecord] {
        var ordered: [ModuleRecord] = []
        var left = records.filter { $0.state == .chosen }
        while !left.isEmpty {
            let waiting = Set(left.map(\.manifest.moduleName))
            let ready = left.filter { record in waiting.isDisjoint(with: needs(record)) }
            // Circles were refused before; were there one, they would come in the order of the list.
            let next = ready.isEmpty ? left : ready
            ordered += next
            left.removeAll { record in next.contains { $0 === record } }
        }
        return ordered
    }

    /// Throws what is missing of what a module stands on, once those before it are loaded.
    static func checkNeeds(
        of record: ModuleRecord, core: SemanticVersion, among records: [ModuleRecord]
    ) throws(ManifestFault) {
        for text in record.manifest.dependencies {
            guard let requirement = ModuleRequirement(text) else { throw .badRequirement(text) }
            if requirement.name == ModuleRequirement.core {
                guard requirement.accepts(core) else {
                    throw .unmet(requirement: text, found: "\(ModuleRequirement.core) \(core)")
                }
                continue
            }
            let other = records.first { $0.manifest.moduleName == requirement.name && $0.state == .serving }
            let version = other.flatMap { SemanticVersion($0.manifest.version) }
            guard let version else { throw .unmet(requirement: text, found: nil) }
            guard requirement.accepts(version) else {
                throw .unmet(requirement: text, found: "\(requirement.name) \(version)")
            }
        }
    }

    private static func needs(_ record: ModuleRecord) -> Set<String> {
        Set(record.manifest.dependencies.compactMap { ModuleRequirement($0)?.name })
            .subtracting([ModuleRequirement.core])
    }

    private static func circles(_ records: [ModuleRecord]) -> [[String]] {
        let needed = Dictionary(records.map { ($0.manifest.moduleName, needs($0)) }) { first, _ in first }
        return needed.keys.sorted().compactMap { start in
            var seen: Set<String> = []
            var next = needed[start] ?? []
            while let name = next.popFirst() {
                if name == start { return [start] + seen.sorted() + [start] }
                if seen.insert(name).inserted { next.formUnion(needed[name] ?? []) }
            }
            return nil
        }
    }
}
