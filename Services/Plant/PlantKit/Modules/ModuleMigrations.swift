package import Storage

extension ModuleHost {
    /// The tables of all modules that this build may load, chosen or not: a database can be brought up to date before
    /// it is decided who serves. One whose manifest does not hold runs nothing, here as there.
    package static func migrations(of types: [any PlantModule.Type]) -> [MigrationList] {
        types.compactMap { type in
            do throws(ManifestFault) {
                try ManifestRules.check(type.manifest)
                try ManifestRules.checkTables(type.migrations, of: type.manifest.moduleName)
            } catch {
                return nil
            }
            return MigrationList(namespace: type.manifest.moduleName, migrations: type.migrations)
        }
    }

    /// What all modules can invent, each with the name of its module.
    package static func seeds(of types: [any PlantModule.Type]) -> [(module: String, seed: ModuleSeed)] {
        types.flatMap { type in type.seeds.map { (type.manifest.moduleName, $0) } }
    }
}
