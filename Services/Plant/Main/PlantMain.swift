import Plant
import ServiceKit

@main struct PlantMain {
    static func main() async {
        await Startup.run(
            service: "plant", defaultPort: 8001, help: PlantSettings.help, Plant.run(reader:common:logger:))
    }
}
