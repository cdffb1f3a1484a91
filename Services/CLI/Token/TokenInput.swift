/// The token that a command is about: standard input, or an argument.
enum TokenInput {
    /// As it was pasted.
    static func raw(_ argument: String?, in context: CommandContext) throws(CommandFailure) -> String {
        let text: String
        if let argument, argument != "-" {
            text = argument
        } else {
            text = String(decoding: context.console.input(), as: UTF8.self)
        }
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw CommandFailure(.usage, "no token was given; hand it over on standard input")
        }
        return text
    }

    /// Without the line end that editors and `echo` put behind it. What else is there belongs to the token, and is
    /// verified with it.
    static func standardInput(of context: CommandContext) throws(CommandFailure) -> String {
        var text = try raw(nil, in: context)[...]
        while let last = text.last, last == "\n" || last == "\r\n" || last == "\r" { text.removeLast() }
        return String(text)
    }
}
