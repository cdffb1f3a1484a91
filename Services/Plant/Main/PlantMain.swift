import Plant
import SecretStores
import ServiceKit

@main struct PlantMain {
    static func main() async {
        let remote = RemoteStores()
        await Startup.run(
            service: "plant", defaultPort: 8001, help: PlantSettings.help, ending: remote.shutdown
        ) { @Sendable reader, common, logger in
            try await Plant.run(
                reader: reader, common: common, logger: logger,
                stores: remote.stores(variables: reader.variables, logger: logger))
        }
    }
}
