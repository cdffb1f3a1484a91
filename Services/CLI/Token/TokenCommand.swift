import ArgumentParser

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make tokens for development, explain them, verify them.",
        subcommands: [TokenIssueCommand.self, TokenVerifyCommand.self])
}
