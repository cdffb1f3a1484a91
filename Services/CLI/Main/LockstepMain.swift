import CLI
import Foundation
import SecretStores

@main struct LockstepMain {
    static func main() async {
        let remote = RemoteStores()
        let status = await Lockstep.run(
            Array(CommandLine.arguments.dropFirst()),
            in: .live(stores: { remote.stores(variables: $0, logger: $1) }))
        await remote.shutdown()
        exit(status)
    }
}
