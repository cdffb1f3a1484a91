import Evidence

/// The variables that a shell's command line sets for what it starts: `A=x app`, `export A=x`, `env A=x app`. Reads the
/// words of a script, and follows none of its control flow.
struct CommandAssignments {
    struct Found {
        let name: String
        let value: ShellWord
        /// From 0.
        let line: Int
        /// Not so for `A=x` on its own, which changes a variable that is exported already, and else stays in the shell.
        var isExported: Bool
    }

    private(set) var found: [Found] = []

    init(script: String) { read(script, line: 0, depth: 0) }

    /// The words of a command that no shell looks at, `sh -c SCRIPT` or `env A=x app`.
    init(words: [String]) {
        var rest = words[...]
        while let word = rest.first.map(Self.program) {
            rest.removeFirst()
            if Self.shells.contains(word) {
                guard let option = rest.firstIndex(where: { Self.takesScript($0) }), option + 1 < rest.endIndex else {
                    return
                }
                read(rest[option + 1], line: 0, depth: 0)
                return
            }
            if word == "env" {
                for word in rest {
                    guard let setting = ShellReader.setting(Self.plain(word)) else { return }
                    add(setting, line: 0, isExported: true)
                }
                return
            }
            // tini -- sh -c …, dumb-init sh -c …
            guard Self.wrappers.contains(word) else { return }
            while let option = rest.first, option.hasPrefix("-") { rest.removeFirst() }
        }
    }

    private static let shells: Set<String> = ["sh", "bash", "ash", "dash", "zsh"]
    private static let wrappers: Set<String> = ["exec", "tini", "dumb-init", "cross-env", "sudo", "time", "nohup"]
    private static let deepest = 4
    private static let start = SourcePosition(file: "", line: 1)

    private static func program(_ word: String) -> String {
        word.lastIndex(of: "/").map { String(word[word.index(after: $0)...]) } ?? word
    }

    private static func plain(_ word: String) -> ShellWord {
        ShellWord(parts: [.init(content: .text(word), position: start)], position: start)
    }

    /// `-c`, `-ec`, `-lc`.
    private static func takesScript(_ word: String) -> Bool {
        word.hasPrefix("-") && !word.hasPrefix("--") && word.hasSuffix("c")
    }

    private mutating func add(_ setting: ShellCommand.Setting, line: Int, isExported: Bool) {
        found.append(
            Found(
                name: setting.name, value: setting.value, line: line + setting.position.line - 1,
                isExported: isExported))
    }

    private mutating func read(_ script: String, line: Int, depth: Int) {
        guard depth < Self.deepest else { return }
        for command in ShellReader.read(EmbeddedText(script, file: "")).pipelines.flatMap(\.commands) {
            read(command, line: line, depth: depth)
        }
    }

    private mutating func read(_ command: ShellCommand, line: Int, depth: Int) {
        let isStarting = !command.words.isEmpty
        for setting in command.settings { add(setting, line: line, isExported: isStarting) }
        guard let program = command.words.first?.literal.map(Self.program) else { return }
        let rest = command.words.dropFirst()
        switch program {
        case "export", "declare", "typeset": export(rest, line: line)
        case "env", "cross-env":
            for word in rest {
                if let setting = ShellReader.setting(word) {
                    add(setting, line: line, isExported: true)
                } else if word.literal?.hasPrefix("-") != true {
                    return
                }
            }
        case _ where Self.shells.contains(program):
            guard let option = rest.firstIndex(where: { $0.literal.map(Self.takesScript) ?? false }),
                option + 1 < rest.endIndex, let script = rest[option + 1].literal
            else { return }
            read(script, line: line + rest[option + 1].position.line - 1, depth: depth + 1)
        default: return
        }
    }

    private mutating func export(_ words: ArraySlice<ShellWord>, line: Int) {
        for word in words {
            if let setting = ShellReader.setting(word) {
                add(setting, line: line, isExported: true)
            } else if let name = word.literal, let index = found.lastIndex(where: { $0.name == name }) {
                found[index].isExported = true
            }
        }
    }
}
