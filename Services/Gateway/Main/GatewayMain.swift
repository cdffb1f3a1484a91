import Gateway
import ServiceKit

@main struct GatewayMain {
    static func main() async {
        await Startup.run(
            service: "gateway", defaultPort: Gateway.defaultPort, help: Gateway.help,
            Gateway.run(reader:common:logger:))
    }
}
