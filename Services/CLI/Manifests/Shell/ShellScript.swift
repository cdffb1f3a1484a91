import Evidence

/// What a script of a step does, as far as its words tell: commands in their order, not what becomes of them.
struct ShellScript: Sendable {
    var pipelines: [ShellPipeline] = []
    /// Where the script breaks off (a quote that is never closed); what stands before it counts.
    var breakOff: SourcePosition?
}

/// `a | b | c`
struct ShellPipeline: Sendable {
    var commands: [ShellCommand]
}

struct ShellCommand: Sendable {
    struct Setting: Sendable {
        let name: String
        let position: SourcePosition
        let value: ShellWord
    }

    struct Redirect: Sendable {
        let sign: String
        let target: ShellWord
        /// The text of `<< EOF`.
        var heredoc: EmbeddedText?
        /// `<< 'EOF'`: nothing in it is filled in here.
        var isLiteral = false
    }

    /// Words of the shell's own before the command: `if`, `then`, `do`, `for`, …
    var keywords: [String] = []
    var settings: [Setting] = []
    var words: [ShellWord] = []
    var redirects: [Redirect] = []
    var position: SourcePosition

    var isEmpty: Bool { keywords.isEmpty && settings.isEmpty && words.isEmpty && redirects.isEmpty }
}

struct ShellWord: Sendable {
    enum Content: Sendable {
        case text(String)
        /// `$NAME`, or with a default as `${NAME:-word}` has it.
        indirect case variable(String, default: ShellWord?, emptyCounts: Bool)
        /// `${{ … }}`, which GitHub fills in before a shell sees it.
        case expression(String)
        /// `$(…)`, arithmetic, `$1`: by its spelling.
        case opaque(String)
    }

    struct Part: Sendable {
        let content: Content
        let position: SourcePosition
        var isExact = true
    }

    var parts: [Part] = []
    var position: SourcePosition
    /// An empty word counts where it is quoted.
    var isQuoted = false

    /// The text, where nothing is to be filled in.
    var literal: String? {
        var text = ""
        for part in parts {
            guard case .text(let piece) = part.content else { return nil }
            text += piece
        }
        return text
    }
}
