import FarmManager
import Plant
import PlantKit
import SecretStores
import ServiceKit

@main struct PlantMain {
    /// All modules of this build; `PLANT_MODULES` chooses among them.
    static let modules: [any PlantModule.Type] = [FarmManagerModule.self]

    static func main() async {
        let remote = RemoteStores()
        await Startup.run(
            service: "plant", defaultPort: 8001, help: PlantSettings.help,
            database: Plant.databaseCommands(modules: modules), ending: remote.shutdown
        ) { @Sendable reader, common, logger in
            try await Plant.run(
                modules: modules, reader: reader, common: common, logger: logger,
                stores: remote.stores(variables: reader.variables, logger: logger))
        }
    }
}
