import ArgumentParser

/// A command that takes the world as a parameter. Its `run()` turns a failure into lines on stderr and an exit code.
protocol LockstepCommand: AsyncParsableCommand {
    func run(in context: CommandContext) async throws(CommandFailure)
}

extension LockstepCommand {
    func run() async throws {
        let context = CommandContext.live
        do throws(CommandFailure) {
            try await run(in: context)
        } catch {
            for line in error.lines { context.say(line) }
            throw ExitCode(error.status.rawValue)
        }
    }
}
