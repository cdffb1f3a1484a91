import Evidence

/// `appsettings.json` and `appsettings.Production.json`, by the names that `IConfiguration` has for their members.
struct AppSettingsReader: SourceReader {
    let endings: Set<String> = []

    func reads(fileNamed name: String) -> Bool { name.hasPrefix("appsettings") && name.hasSuffix(".json") }

    func facts(of text: String, file: String) -> SourceFacts {
        var facts = SourceFacts(file: file, language: .settings)
        var parser = JavaScriptExpressions(Lexer.tokens(of: text, file: file, rules: .javascript), file: file)
        parser.cursor.passLineEnds()
        if let entries = parser.expression().entries { read(entries, path: [], into: &facts) }
        return facts
    }

    private func read(_ entries: [Expression.Entry], path: [String], into facts: inout SourceFacts) {
        guard path.count < 12 else { return }
        for entry in entries {
            guard let key = entry.key else { continue }
            let whole = path + [key]
            if let inner = entry.value.entries {
                read(inner, path: whole, into: &facts)
                continue
            }
            let name = whole.joined(separator: ":")
            if case .number(let digits) = entry.value.kind,
                let (kind, unit) = DurationNames.kind(of: whole.joined(separator: ".")),
                let unit, let number = Double(digits), number * unit >= 1, number * unit < 1e9
            {
                facts.durations.append(
                    TokenDuration(kind, seconds: Int64(number * unit), name: name, at: entry.position))
            }
            guard let text = entry.value.text, !text.isEmpty,
                SigningSecretName.isOfInterest(whole.suffix(2).joined(separator: "."))
            else { continue }
            let variable = whole.joined(separator: "__")
            facts.reads.append(
                SecretRead(
                    KeyExpression([
                        .variable(variable, emptyCounts: false, entry.position),
                        .variable(variable.uppercased(), emptyCounts: false, entry.position),
                        .literal(text, entry.value.position),
                    ]), bound: name, loader: "appsettings", at: entry.position))
        }
    }
}
