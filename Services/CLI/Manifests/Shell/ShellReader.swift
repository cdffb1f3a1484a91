import Evidence

/// Reads a script of a POSIX shell: quotes, escapes, continuation lines, variables, here-documents, redirections and
/// lists (IEEE Std 1003.1, Shell Command Language). It runs nothing and expands nothing.
struct ShellReader {
    /// Scripts of workflows are short; beyond this the rest is not looked at.
    private static let scalarLimit = 1 << 19

    /// How a dollar sign is read.
    enum Mode: Sendable {
        case script
        /// The text went through another shell first (`ssh host << EOF`): `$X` is filled in there, whatever the quotes,
        /// and `\$X` is this shell's.
        case filledIn
    }

    private var cursor: ShellCursor
    private let mode: Mode
    private var script = ShellScript()
    private var pipeline: [ShellCommand] = []
    private var command: ShellCommand
    /// Commands whose here-document begins on the next line: pipeline's index, redirect's index.
    private var pending: [(isDash: Bool, redirect: Int)] = []
    /// Where each open `(` or `{` began, so that a redirection behind it reaches all in it.
    private var groups: [Int] = []
    private var closedGroup: Int?

    static func read(_ text: EmbeddedText, mode: Mode = .script) -> ShellScript {
        var reader = ShellReader(text, mode: mode)
        reader.read()
        return reader.script
    }

    private init(_ text: EmbeddedText, mode: Mode) {
        cursor = ShellCursor(text, limit: Self.scalarLimit)
        self.mode = mode
        command = ShellCommand(position: cursor.position)
    }

    private mutating func read() {
        while let scalar = cursor.current {
            switch scalar {
            case " ", "\t", "\r": cursor.advance()
            case "\\" where cursor.next == "\n":
                cursor.advance()
                cursor.advance()
            case "#": while let scalar = cursor.current, scalar != "\n" { cursor.advance() }
            case "\n":
                cursor.advance()
                takeHeredocs()
                endPipeline()
            case ";":
                cursor.advance()
                endPipeline()
            case "&":
                cursor.advance()
                if cursor.current == "&" { cursor.advance() } else if readRedirect("&") { continue }
                endPipeline()
            case "|":
                cursor.advance()
                if cursor.current == "|" {
                    cursor.advance()
                    endPipeline()
                } else {
                    if cursor.current == "&" { cursor.advance() }
                    endCommand()
                }
            case "(":
                cursor.advance()
                endPipeline()
                groups.append(script.pipelines.count)
            case ")":
                cursor.advance()
                closeGroup()
            case "<", ">": _ = readRedirect("")
            default: readWord()
            }
            if script.breakOff != nil { break }
        }
        takeHeredocs()
        endPipeline()
    }

    private mutating func closeGroup() {
        endPipeline()
        closedGroup = groups.popLast() ?? script.pipelines.count
    }

    private mutating func readWord() {
        let start = cursor.position
        if let digits = cursor.descriptor() {
            _ = readRedirect(digits)
            return
        }
        var parts = ShellWordReader(cursor: cursor, mode: mode)
        let word = parts.read()
        let before = cursor.index
        cursor = parts.cursor
        if parts.isBroken { script.breakOff = start }
        // A character that begins no word would hold the reader in place.
        if cursor.index == before { cursor.advance() }
        if command.isEmpty { command.position = start }
        closedGroup = nil
        guard command.words.isEmpty else { return command.words.append(word) }
        if !word.isQuoted, let text = word.literal {
            if text == "{" {
                endPipeline()
                return groups.append(script.pipelines.count)
            }
            if text == "}" { return closeGroup() }
            if Self.keywords.contains(text) {
                command.keywords.append(text)
                return
            }
        }
        if let setting = Self.setting(word) {
            command.settings.append(setting)
        } else {
            command.words.append(word)
        }
    }

    static let keywords: Set<String> = [
        "if", "then", "elif", "else", "fi", "while", "until", "do", "done", "for", "case", "esac", "!", "time", "sudo",
        "exec", "command", "nohup",
    ]

    /// `NAME=word`
    static func setting(_ word: ShellWord) -> ShellCommand.Setting? {
        guard let first = word.parts.first, case .text(let text) = first.content,
            let sign = text.firstIndex(of: "="), sign != text.startIndex
        else { return nil }
        let name = text[..<sign]
        guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }),
            name.first?.isNumber == false
        else { return nil }
        var value = word
        let rest = String(text[text.index(after: sign)...])
        let place = first.position
        let shift = first.isExact ? name.count + 1 : 0
        value.parts[0] = .init(
            content: .text(rest),
            position: SourcePosition(file: place.file, line: place.line, column: place.column + shift),
            isExact: first.isExact)
        if rest.isEmpty { value.parts.removeFirst() }
        return .init(name: String(name), position: place, value: value)
    }

    /// - Returns: whether there was one.
    private mutating func readRedirect(_ before: String) -> Bool {
        guard cursor.current == "<" || cursor.current == ">" else { return false }
        var sign = before
        while let scalar = cursor.current, scalar == "<" || scalar == ">" || (scalar == "&" && sign.hasSuffix(">")),
            sign.count < 4
        {
            sign.unicodeScalars.append(scalar)
            cursor.advance()
        }
        if sign.hasSuffix(">"), cursor.current == "|" { cursor.advance() }
        let isHeredoc = sign.hasSuffix("<<") && !sign.hasSuffix("<<<")
        let isDash = isHeredoc && cursor.current == "-"
        if isDash { cursor.advance() }
        cursor.skipBlanks()
        var parts = ShellWordReader(cursor: cursor, mode: mode)
        let target = parts.read()
        cursor = parts.cursor
        let redirect = ShellCommand.Redirect(sign: sign, target: target, isLiteral: target.isQuoted)
        if let group = closedGroup, command.isEmpty, !isHeredoc {
            for index in group..<max(group, script.pipelines.count) {
                let last = script.pipelines[index].commands.count - 1
                script.pipelines[index].commands[last].redirects.append(redirect)
            }
            return true
        }
        command.redirects.append(redirect)
        if isHeredoc { pending.append((isDash, command.redirects.count - 1)) }
        return true
    }

    /// The lines up to the delimiter, for each here-document of the line that just ended. One that belongs to an earlier
    /// command of the line is handed to the pipeline's first command that has it open.
    private mutating func takeHeredocs() {
        guard !pending.isEmpty else { return }
        for (isDash, _) in pending {
            var owner: (Int?, Int)?
            for (index, candidate) in pipeline.enumerated() where owner == nil {
                if let at = candidate.redirects.firstIndex(where: Self.isOpen) { owner = (index, at) }
            }
            if owner == nil, let at = command.redirects.firstIndex(where: Self.isOpen) { owner = (nil, at) }
            let redirect = owner.map { place in
                place.0.map { pipeline[$0].redirects[place.1] } ?? command.redirects[place.1]
            }
            let end = redirect?.target.literal ?? ""
            let body = EmbeddedText(lines: cursor.takeLines(until: end, withoutTabs: isDash))
            guard let owner else { continue }
            if let index = owner.0 {
                pipeline[index].redirects[owner.1].heredoc = body
            } else {
                command.redirects[owner.1].heredoc = body
            }
        }
        pending = []
    }

    private static func isOpen(_ redirect: ShellCommand.Redirect) -> Bool {
        redirect.heredoc == nil && redirect.sign.hasSuffix("<<") && !redirect.sign.hasSuffix("<<<")
    }

    private mutating func endCommand() {
        if !command.isEmpty { pipeline.append(command) }
        command = ShellCommand(position: cursor.position)
    }

    private mutating func endPipeline() {
        // `cat <<EOF && next`: the text comes after the line, when the command is long finished.
        if !pending.isEmpty {
            takeHeredocsAhead()
        }
        endCommand()
        if !pipeline.isEmpty { script.pipelines.append(ShellPipeline(commands: pipeline)) }
        pipeline = []
        closedGroup = nil
    }

    /// Takes the text out of the lines that follow, while the rest of this line is still to be read.
    private mutating func takeHeredocsAhead() {
        let here = cursor
        cursor.skipLine()
        cursor.advance()
        takeHeredocs()
        cursor = here.skipping(upTo: cursor)
    }
}
