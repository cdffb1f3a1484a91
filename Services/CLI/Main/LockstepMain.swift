import CLI

@main struct LockstepMain {
    static func main() async { await Lockstep.start() }
}
