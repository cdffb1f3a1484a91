import ArgumentParser

struct ModuleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "module", abstract: "Make modules of the plant.", subcommands: [ModuleNewCommand.self])
}
