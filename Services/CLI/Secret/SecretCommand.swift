import ArgumentParser

struct SecretCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secret",
        abstract: "Make a signing secret, find out what a service would load, and move it between stores.",
        subcommands: [
            SecretGenerateCommand.self, SecretDiagnoseCommand.self, SecretValidateCommand.self, SecretPutCommand.self,
            SecretCopyCommand.self, SecretReplicateCommand.self, SecretCompareCommand.self,
        ])
}
