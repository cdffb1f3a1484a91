/// The token that a command is about: standard input, or an argument.
enum TokenInput {
    /// Without the line end that editors and `echo` put behind it, and without `Bearer `, which copies bring along.
    static func read(_ argument: String?, in context: CommandContext) throws(CommandFailure) -> String {
        let raw: String
        if let argument, argument != "-" {
            raw = argument
        } else {
            raw = String(decoding: context.console.input(), as: UTF8.self)
        }
        var text = raw.drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        if text.lowercased().hasPrefix("bearer ") { text = text.dropFirst("bearer ".count).drop { $0 == " " } }
        guard !text.isEmpty else {
            throw CommandFailure(.usage, "no token was given; hand it over on standard input")
        }
        return String(text)
    }
}
