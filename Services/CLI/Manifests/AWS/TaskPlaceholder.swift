import Evidence

/// Texts of manifests that something fills in before they are used: envsubst, sed, a template engine.
enum TaskPlaceholder {
    /// `${NAME}` anywhere, and `$NAME` as the whole text, are variables; `<NAME>`, `{{ name }}`, `__NAME__`, `#{NAME}#` and
    /// `%NAME%` are filled in by something that is not known.
    static func value(_ text: String) -> BoundValue {
        if isPlaceholder(text) { return .opaque(text) }
        if text.hasPrefix("$"), isName(text.dropFirst()) {
            return .reference(SecretReference(.variable, String(text.dropFirst())))
        }
        var value = BoundValue.empty
        var rest = text[...]
        while let open = rest.firstRange(of: "${"), let close = rest[open.upperBound...].firstIndex(of: "}") {
            let inner = rest[open.upperBound..<close]
            let name = inner.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            let word = inner[name.endIndex...]
            value = value + .literal(String(rest[..<open.lowerBound]))
            if !name.isEmpty, word.isEmpty {
                value = value + .reference(SecretReference(.variable, String(name)))
            } else if !name.isEmpty, word.hasPrefix(":-") || word.hasPrefix("-") {
                let emptyCounts = word.hasPrefix(":")
                value =
                    value
                    + .reference(
                        SecretReference(.variable, String(name)),
                        default: .literal(String(word.dropFirst(emptyCounts ? 2 : 1))), emptyCounts: emptyCounts)
            } else {
                value = value + .opaque("${\(name)…}")
            }
            rest = rest[rest.index(after: close)...]
        }
        return value + .literal(String(rest))
    }

    private static func isPlaceholder(_ text: String) -> Bool {
        for (start, end) in [("<", ">"), ("{{", "}}"), ("__", "__"), ("#{", "}#"), ("%", "%"), ("[[", "]]")]
        where text.count > start.count + end.count && text.hasPrefix(start) && text.hasSuffix(end) {
            let inner = text.dropFirst(start.count).dropLast(end.count).trimmingBlanks
            return inner.allSatisfy { $0.isLetter || $0.isNumber || "_-. ".contains($0) }
        }
        return false
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            && text.first?.isNumber == false
    }
}
