import Evidence

/// Options of a command line. What an option takes is not known for every program: one that is not in `flags` takes the
/// next word.
struct CommandOptions: Sendable {
    private let words: [MarkedText]
    private let flags: Set<String>

    init(_ words: [MarkedText], flags: Set<String> = []) {
        self.words = words
        self.flags = flags.union(Self.common)
    }

    private static let common: Set<String> = [
        "-q", "--quiet", "-y", "--yes", "--no-input", "-v", "--verbose", "--debug", "--force", "--wait", "--async",
        "--no-cache", "--help", "--dry-run", "--recursive", "-R", "--auto-approve", "-auto-approve", "--detach",
    ]

    /// Each value of these options, `--name value` and `--name=value`.
    func values(_ names: String...) -> [MarkedText] {
        var found: [MarkedText] = []
        for (index, word) in words.enumerated() {
            for name in names {
                if word.outline == name {
                    if index + 1 < words.count { found.append(words[index + 1]) }
                } else if word.hasPrefix(name + "=") {
                    found.append(word.dropFirst(name.count + 1).unquoted)
                }
            }
        }
        return found
    }

    /// What follows an option up to the next one: `--parameter-overrides A=1 B=2`.
    func lists(_ names: String...) -> [MarkedText] {
        var found: [MarkedText] = []
        var isOpen = false
        for word in words {
            if names.contains(word.outline) {
                isOpen = true
            } else if let name = names.first(where: { word.hasPrefix($0 + "=") }) {
                found.append(word.dropFirst(name.count + 1).unquoted)
                isOpen = true
            } else if word.hasPrefix("-") {
                isOpen = false
            } else if isOpen {
                found.append(word)
            }
        }
        return found
    }

    func has(_ names: String...) -> Bool { words.contains { names.contains($0.outline) } }

    var positionals: [MarkedText] {
        var found: [MarkedText] = []
        var skips = false
        for word in words {
            if skips {
                skips = false
            } else if word.hasPrefix("-"), word.outline != "-" {
                skips = !word.outline.contains("=") && !flags.contains(word.outline)
            } else {
                found.append(word)
            }
        }
        return found
    }
}

extension MarkedText {
    /// `A=1,B=2`; `^@^A=1@B=2` with another separator (gcloud topic escaping).
    var dictionary: [(name: String, position: SourcePosition, value: MarkedText)] {
        var text = self
        var separator: Character = ","
        let outline = outline
        if outline.hasPrefix("^"), let end = outline.dropFirst().firstIndex(of: "^"),
            outline.distance(from: outline.startIndex, to: end) == 2
        {
            separator = outline[outline.index(before: end)]
            text = dropFirst(3)
        }
        return text.split { $0 == separator }.compactMap { $0.trimmed.splitAssignment() }
    }

    func assignment(_ value: ((MarkedText) -> BoundValue)? = nil) -> Assignment? {
        guard let (name, position, text) = trimmed.splitAssignment() else { return nil }
        return Assignment(name, value?(text) ?? text.unquoted.bound, at: position, origin: .workflow)
    }
}
