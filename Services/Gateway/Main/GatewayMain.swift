import Gateway
import SecretStores
import ServiceKit

@main struct GatewayMain {
    static func main() async {
        RoutesCheck.runIfAsked(arguments: Array(CommandLine.arguments.dropFirst()))
        let arguments = GatewayArguments.ofProcess()
        let remote = RemoteStores()
        await Startup.run(
            service: "gateway", defaultPort: Gateway.defaultPort, help: Gateway.help, usage: Gateway.usage,
            arguments: arguments.rest, variables: arguments.variables, probe: FrontProbe.isHealthy,
            ending: remote.shutdown
        ) { @Sendable reader, common, logger in
            try await Gateway.run(
                reader: reader, common: common, logger: logger,
                stores: remote.stores(variables: reader.variables, logger: logger))
        }
    }
}
