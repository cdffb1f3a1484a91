import ArgumentParser

struct SecretCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secret", abstract: "Make a signing secret, and find out what a service would load.",
        subcommands: [SecretGenerateCommand.self, SecretDiagnoseCommand.self, SecretValidateCommand.self])
}
