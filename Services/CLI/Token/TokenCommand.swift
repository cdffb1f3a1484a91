import ArgumentParser

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make tokens for development, explain them, verify them.",
        subcommands: [TokenIssueCommand.self, ExplainCommand.self, TokenVerifyCommand.self])
}
