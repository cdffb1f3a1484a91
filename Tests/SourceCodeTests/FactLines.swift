import Evidence
import SourceCode

/// Facts as lines that a test can be held to, with line and column of each.
enum FactLines {
    /// What the reader for a file of that name makes of the text.
    static func of(_ text: String, file: String) -> [String] {
        let ending = file.split(separator: ".").last.map(String.init) ?? ""
        let name = SourceTree.name(of: file)
        let reader =
            SourceReaders.all.first { $0.endings.contains(ending) }
            ?? SourceReaders.all.first { $0.reads(fileNamed: name) }
        return reader.map { of($0.facts(of: text, file: file)) } ?? ["no reader"]
    }

    static func of(_ facts: SourceFacts) -> [String] {
        facts.reads.map(line) + facts.uses.map(line)
            + facts.environmentReads.map {
                "environment \(place($0.position)) \($0.variable)" + ($0.fallback.map { " '\($0)'" } ?? "")
            }
            + facts.durations.map { "\($0.kind.rawValue) \(place($0.position)) \($0.name) \($0.seconds)" }
            + facts.declaredSettings.map { "declares \(place($0.position)) \($0.name)" }
    }

    private static func line(_ read: SecretRead) -> String {
        "read \(place(read.position)) \(text(read.expression))"
            + (read.bound.isEmpty ? "" : " as \(read.bound)") + " by \(read.loader)"
    }

    private static func line(_ use: TokenUse) -> String {
        var line = "\(use.action.rawValue) \(place(use.position)) \(use.call)"
        if !use.algorithms.isEmpty { line += " " + use.algorithms.joined(separator: ",") }
        line += " with " + (use.key.map(text) ?? "?")
        if !use.keyName.isEmpty { line += " named \(use.keyName)" }
        if let issuer = use.issuer { line += " iss \(issuer)" }
        if let audience = use.audience { line += " aud \(audience)" }
        return line
    }

    /// `JWT_SECRET? | 'default' !`: with `?` an empty variable is passed over, with `!` the code stops without a value.
    private static func text(_ expression: KeyExpression) -> String {
        let parts = expression.alternatives.map { alternative -> String in
            switch alternative {
            case .variable(let name, let emptyCounts, _): name + (emptyCounts ? "?" : "")
            case .literal(let text, _): "'\(text)'"
            case .computed(_, let inputs, _): "computed(\(inputs.joined(separator: ", ")))"
            case .loader(let spelling, _): "<\(spelling)>"
            case .asymmetric: "(pair)"
            }
        }
        return parts.joined(separator: " | ") + (expression.isRequired ? " !" : "")
    }

    private static func place(_ position: SourcePosition) -> String { "\(position.line):\(position.column)" }
}
