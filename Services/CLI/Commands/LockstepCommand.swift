import ArgumentParser

/// A command that takes the world as a parameter; `Lockstep.run(_:in:)` runs it.
protocol LockstepCommand: ParsableCommand {
    func run(in context: CommandContext) async throws(CommandFailure)
}
