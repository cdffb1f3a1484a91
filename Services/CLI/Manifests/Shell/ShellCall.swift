import Evidence

/// One command with its words filled in, and what stands around it.
struct ShellCall: Sendable {
    var program: String
    /// Behind the program.
    var words: [MarkedText]
    let command: ShellCommand
    /// The commands of the same pipeline before and after it.
    let earlier: [ShellCommand]
    let later: [ShellCommand]
    var variables: ShellVariables
    let folder: String?
    let files: ShellFiles

    struct Written: Sendable {
        var lines: [MarkedText]
        /// Nil for one of GitHub's own files.
        var path: String?
        var special: String?
        var appends: Bool
    }

    var ownSettings: [(String, ShellVariable)] {
        command.settings.compactMap { setting in variables.values[setting.name].map { (setting.name, $0) } }
    }

    /// `env NAME=value program …`
    mutating func takeSettings() {
        while let first = words.first {
            if let (name, position, value) = first.splitAssignment(), !first.hasPrefix("-") {
                variables.values[name] = ShellVariable(value: value.bound, position: position, isExported: true)
            } else if !first.hasPrefix("-") {
                program = SourceTree.name(of: first.outline)
                words.removeFirst()
                return
            }
            words.removeFirst()
        }
    }

    func resolve(_ path: String) -> String? { SourceTree.resolve(path, in: folder ?? "") }

    /// The text that this command prints.
    var printed: [MarkedText] {
        if let heredoc = command.redirects.first(where: { $0.heredoc != nil }), let text = heredoc.heredoc {
            return variables.lines(of: text, isLiteral: heredoc.isLiteral)
        }
        if let here = command.redirects.first(where: { $0.sign == "<<<" }) { return [variables.text(here.target)] }
        guard program == "echo" || program == "printf" else { return [] }
        var arguments = words
        while let first = arguments.first?.text, first.hasPrefix("-"), first.count < 4 { arguments.removeFirst() }
        guard let format = arguments.first else { return [] }
        if program == "printf" { return Self.formatted(format, Array(arguments.dropFirst())) }
        let joined = MarkedText(
            arguments.enumerated().flatMap { index, word in
                index == 0
                    ? word.parts : [.init(content: .text(" "), position: word.position, isExact: false)] + word.parts
            }, at: format.position)
        return Self.lines(joined)
    }

    /// `%s` of `printf` with its arguments.
    private static func formatted(_ format: MarkedText, _ arguments: [MarkedText]) -> [MarkedText] {
        guard let text = format.text else { return lines(format) }
        var parts: [MarkedText.Part] = []
        var rest = text[...]
        var arguments = arguments[...]
        while let range = rest.firstRange(of: "%s") {
            parts.append(.init(content: .text(String(rest[..<range.lowerBound])), position: format.position))
            if let next = arguments.popFirst() {
                parts += next.parts.map { .init(content: $0.content, position: $0.position, isExact: false) }
            }
            rest = rest[range.upperBound...]
        }
        parts.append(.init(content: .text(String(rest)), position: format.position, isExact: false))
        return lines(MarkedText(parts, at: format.position))
    }

    /// At line ends, also those that are spelled `\n`.
    private static func lines(_ text: MarkedText) -> [MarkedText] {
        let parts = text.parts.map { part -> MarkedText.Part in
            guard case .text(let content) = part.content, content.contains("\\n") else { return part }
            return .init(
                content: .text(content.replacing("\\n", with: "\n")), position: part.position, isExact: false)
        }
        return MarkedText(parts, at: text.position).split { $0 == "\n" }
    }

    /// What goes into a file: `… > FILE`, `… >> FILE`, `… | tee -a FILE`.
    var written: Written? {
        if let redirect = command.redirects.first(where: { $0.sign == ">" || $0.sign == ">>" }) {
            return written(to: redirect.target, appends: redirect.sign == ">>")
        }
        if program == "tee" {
            guard let target = command.words.dropFirst().first(where: { $0.literal?.hasPrefix("-") != true }) else {
                return nil
            }
            return written(to: target, appends: words.contains { $0.text == "-a" || $0.text == "--append" })
        }
        guard let tee = later.first, tee.words.first?.literal == "tee",
            let target = tee.words.dropFirst().first(where: { $0.literal?.hasPrefix("-") != true })
        else { return nil }
        let appends = tee.words.contains { $0.literal == "-a" || $0.literal == "--append" }
        return written(to: target, appends: appends)
    }

    private func written(to target: ShellWord, appends: Bool) -> Written? {
        let lines = printed
        for part in target.parts {
            guard case .variable(let name, _, _) = part.content else { continue }
            if name == "GITHUB_ENV" || name == "GITHUB_OUTPUT" {
                return Written(lines: lines, path: nil, special: name, appends: true)
            }
        }
        guard let path = variables.text(target).text else { return nil }
        return Written(lines: lines, path: path, appends: appends)
    }

    /// The script of `ssh host 'script'` and `bash -c "script"`.
    var innerScript: (text: EmbeddedText, isLiteral: Bool)? {
        guard let word = command.words.dropFirst().last(where: { $0.isQuoted && $0.parts.count > 0 }) else {
            return nil
        }
        let isLiteral = word.literal != nil
        var lines: [EmbeddedText.Line] = []
        var line = ""
        var start: SourcePosition?
        for part in word.parts {
            switch part.content {
            case .text(let text):
                for (index, piece) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                    if index > 0 {
                        lines.append(.init(text: line, position: start ?? part.position, isExact: part.isExact))
                        line = ""
                        start = nil
                    }
                    if start == nil, !piece.isEmpty { start = part.position }
                    line += piece
                }
            case .variable(let name, _, _): line += "${\(name)}"
            case .expression(let expression): line += "${{\(expression)}}"
            case .opaque(let spelling): line += spelling
            }
            if start == nil { start = part.position }
        }
        lines.append(.init(text: line, position: start ?? word.position, isExact: false))
        return (EmbeddedText(lines: lines), isLiteral)
    }

    /// What comes in at `<` or through the pipe.
    var input: (lines: [MarkedText], path: String?) {
        if let redirect = command.redirects.first(where: { $0.sign == "<" }) {
            return ([], variables.text(redirect.target).text)
        }
        if let here = command.redirects.first(where: { $0.heredoc != nil || $0.sign == "<<<" }), here.sign != "<" {
            return (printed, nil)
        }
        guard let before = earlier.last else { return ([], nil) }
        var call = self
        call.program = before.words.first?.literal ?? ""
        let source = ShellCall(
            program: call.program, words: before.words.dropFirst().map(variables.text), command: before,
            earlier: Array(earlier.dropLast()), later: [], variables: variables, folder: folder, files: files)
        let printed = source.printed
        if printed.isEmpty { return source.input }
        return (printed, nil)
    }
}
