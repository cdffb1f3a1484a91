import CLI
import Foundation

@main struct LockstepMain {
    static func main() async {
        exit(await Lockstep.run(Array(CommandLine.arguments.dropFirst()), in: .live))
    }
}
