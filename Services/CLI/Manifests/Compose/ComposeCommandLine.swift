/// `docker compose -f a.yml -f b.yml --profile dev up` in a line of a script, document or workflow. What a variable
/// fills in is marked with U+0001.
struct ComposeCommandLine {
    var files: [String] = []
    var environmentFiles: [String] = []
    var profiles: [String] = []
    /// `cd deploy && docker compose …`
    var folder: String?
    private var isCommand = false
    private var takesOptions = true
    private var starts = false

    /// Those that name files, or start what stands in the folder.
    static func commands(in line: String) -> [ComposeCommandLine] {
        var commands: [ComposeCommandLine] = []
        var command = ComposeCommandLine()
        var words = words(of: line)[...]
        func end() {
            if !command.files.isEmpty || (command.isCommand && command.starts) { commands.append(command) }
            command = ComposeCommandLine(folder: command.folder)
        }
        while let word = words.popFirst() {
            switch word {
            case "&&", "||", "|", ";", "&": end()
            case "cd": command.folder = words.popFirst()
            case "docker-compose", "podman-compose": begin()
            case "compose": begin()
            case _ where word.hasSuffix("/docker-compose"): begin()
            case _ where word.hasPrefix("COMPOSE_FILE=") || word.hasPrefix("COMPOSE_FILE:"):
                let rest = word.dropFirst("COMPOSE_FILE=".count)
                let list = rest.isEmpty ? words.popFirst() ?? "" : String(rest)
                command.files = list.split { ":;,".contains($0) }.map(unquoted)
                end()
            default: option(word)
            }
        }
        end()
        return commands

        func begin() {
            end()
            command.isCommand = true
        }

        func option(_ word: String) {
            guard command.takesOptions else { return }
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            let name = parts.first ?? ""
            func value() -> String { parts.count > 1 ? unquoted(Substring(parts[1])) : words.popFirst() ?? "" }
            switch name {
            case "-f", "--file":
                let file = value()
                if file.hasSuffix(".yml") || file.hasSuffix(".yaml") { command.files.append(file) }
            case "--env-file": command.environmentFiles.append(value())
            case "--profile": command.profiles.append(value())
            case "-p", "--project-name", "--project-directory", "--ansi", "--progress", "--context", "--parallel", "-H":
                _ = value()
            case _ where name.hasPrefix("-"): return
            default:
                // The first word that is no option is what to do; options behind it mean something else.
                guard command.isCommand else { return }
                command.takesOptions = false
                command.starts = ["up", "start", "run"].contains(name)
            }
        }
    }

    private static func words(of line: String) -> [String] {
        var text = line
        for (pattern, mark) in [("$(", ")"), ("${{", "}}"), ("${", "}"), ("{{", "}}")] {
            text = masked(text, pattern, mark)
        }
        var words: [String] = []
        for part in text.split(whereSeparator: \.isWhitespace) {
            var word = unquoted(part)
            // FLAGS="-f a.yml -f b.yml"
            if !word.hasPrefix("-"), let sign = word.firstIndex(of: "=") {
                let value = unquoted(word[word.index(after: sign)...])
                if value.hasPrefix("-") { word = value }
            }
            let endsCommand = word.hasSuffix(";")
            if endsCommand { word.removeLast() }
            if let dollar = word.firstIndex(of: "$") {
                let end = word[word.index(after: dollar)...].firstIndex { !($0.isLetter || $0.isNumber || $0 == "_") }
                word.replaceSubrange(dollar..<(end ?? word.endIndex), with: "\u{1}")
            }
            if !word.isEmpty { words.append(word) }
            if endsCommand { words.append(";") }
        }
        return words
    }

    private static func masked(_ text: String, _ open: String, _ close: String) -> String {
        guard text.contains(open) else { return text }
        var result = ""
        var rest = text[...]
        while let start = rest.firstRange(of: open) {
            result += rest[..<start.lowerBound]
            rest = rest[start.upperBound...]
            guard let end = rest.firstRange(of: close) else { return result + "\u{1}" }
            // `$(docker-compose -f a up)` is a command itself.
            let inside = rest[..<end.lowerBound]
            result += inside.contains("compose ") ? " \(inside) " : "\u{1}"
            rest = rest[end.upperBound...]
        }
        return result + rest
    }

    private static func unquoted(_ word: Substring) -> String {
        let marks = "\"'`,()[]*"
        let isPath = word.allSatisfy { $0 == "." || $0 == "/" }
        return String(
            word.drop { marks.contains($0) }.reversed()
                .drop { marks.contains($0) || ($0 == "." && !isPath) }.reversed())
    }
}
