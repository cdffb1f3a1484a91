/// Functions from texts to a text.
enum HelmTexts {
    /// Nil for a function that is not among these.
    static func call(_ name: String, _ arguments: [ManifestNode]) -> ManifestNode? {
        guard known.contains(name) else { return nil }
        if name == "printf" { return formatted(arguments) }
        var texts: [String] = []
        for argument in arguments {
            guard let text = argument.printed else { return HelmValue.opaque(name) }
            texts.append(text)
        }
        return text(name, texts).map { HelmValue.text($0) } ?? HelmValue.opaque(name)
    }

    private static let known: Set<String> = [
        "printf", "print", "lower", "upper", "title", "trunc", "trimSuffix", "trimPrefix", "trimAll", "replace",
        "b64dec",
        "nospace", "cat", "repeat", "substr",
    ]

    private static func text(_ name: String, _ texts: [String]) -> String? {
        guard let last = texts.last else { return name == "print" ? "" : nil }
        switch (name, texts.count) {
        case ("print", _): return texts.joined()
        case ("cat", _): return texts.joined(separator: " ")
        case ("lower", 1): return last.lowercased()
        case ("upper", 1): return last.uppercased()
        case ("title", 1): return last.prefix(1).uppercased() + last.dropFirst()
        case ("nospace", 1): return last.filter { !$0.isWhitespace }
        case ("trunc", 2):
            guard let count = Int(texts[0]) else { return nil }
            return count < 0 ? String(last.suffix(-count)) : String(last.prefix(count))
        case ("trimSuffix", 2): return last.hasSuffix(texts[0]) ? String(last.dropLast(texts[0].count)) : last
        case ("trimPrefix", 2): return last.hasPrefix(texts[0]) ? String(last.dropFirst(texts[0].count)) : last
        case ("trimAll", 2):
            var kept = last[...].trimmingPrefix { texts[0].contains($0) }
            while let end = kept.last, texts[0].contains(end) { kept = kept.dropLast() }
            return String(kept)
        case ("replace", 3): return texts[0].isEmpty ? last : last.replacing(texts[0], with: texts[1])
        case ("repeat", 2):
            guard let count = Int(texts[0]), (0...100).contains(count) else { return nil }
            return String(repeating: last, count: count)
        case ("b64dec", 1): return Base64Text.decode(last).flatMap { String(validating: $0, as: UTF8.self) }
        default: return nil
        }
    }

    /// `%s`, `%d`, `%v`, `%q` and `%%`.
    private static func formatted(_ arguments: [ManifestNode]) -> ManifestNode {
        guard let format = arguments.first?.printed else { return HelmValue.opaque("printf") }
        var rest = arguments.dropFirst()
        var text = ""
        var characters = format[...]
        while let character = characters.popFirst() {
            guard character == "%" else {
                text.append(character)
                continue
            }
            switch characters.popFirst() {
            case "%": text += "%"
            case let verb? where "sdvq".contains(verb):
                guard let value = rest.popFirst()?.printed else { return HelmValue.opaque("printf") }
                text += verb == "q" ? "\"\(value)\"" : value
            default: return HelmValue.opaque("printf")
            }
        }
        return HelmValue.text(text)
    }
}
