import Portal
import SecretStores
import ServiceKit

@main struct PortalMain {
    static func main() async {
        let remote = RemoteStores()
        await Startup.run(
            service: "portal", defaultPort: 8080, help: Portal.help, database: Portal.databaseCommands,
            ending: remote.shutdown
        ) { @Sendable reader, common, logger in
            try await Portal.run(
                reader: reader, common: common, logger: logger,
                stores: remote.stores(variables: reader.variables, logger: logger))
        }
    }
}
