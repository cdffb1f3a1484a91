import Portal
import ServiceKit

@main struct PortalMain {
    static func main() async {
        await Startup.run(service: "portal", defaultPort: 8080, help: Portal.help, Portal.run)
    }
}
