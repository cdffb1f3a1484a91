import Evidence

/// Text with `${NAME}` in it that some other program fills in (a template of the team's own, `envsubst`): to a
/// `BoundValue`.
enum PlaceholderText {
    /// `${NAME}`, `${NAME-word}`, `${NAME:-word}`, `${{ secrets.NAME }}` and, where the whole text is one, `$NAME`.
    /// Anything else in braces is opaque. A dollar sign that opens none of them is text.
    ///
    /// - Parameter lookup: what the files say of a name; nil for a place outside them.
    static func bound(_ text: String, lookup: (String) -> BoundValue? = { _ in nil }) -> BoundValue {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return .literal(text) }
        if let match = text.wholeMatch(of: /\$([A-Za-z_][A-Za-z0-9_]*)/) {
            return place(String(match.1), default: nil, emptyCounts: false, lookup)
        }
        var value = BoundValue.empty
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            value = value + .literal(String(rest[..<start.lowerBound]))
            let inner = rest[start.upperBound...]
            guard let end = closingBrace(of: inner) else {
                rest = rest[start.lowerBound...]
                return value + .literal(String(rest))
            }
            // `$${NAME}` is the text `${NAME}`.
            if rest[..<start.lowerBound].hasSuffix("$") {
                value = value + .literal("{\(inner[..<end])}")
            } else {
                value = value + expression(String(inner[..<end]), lookup)
            }
            rest = inner[inner.index(after: end)...]
        }
        return value + .literal(String(rest))
    }

    private static func expression(_ text: String, _ lookup: (String) -> BoundValue?) -> BoundValue {
        if text.hasPrefix("{"), text.hasSuffix("}") {
            let inner = text.dropFirst().dropLast().trimmingPrefix(while: \.isWhitespace)
            if let match = inner.prefixMatch(of: /(secrets|vars|inputs)\.([A-Za-z_][A-Za-z0-9_]*)\s*$/) {
                return .reference(SecretReference(.github, "\(match.1).\(match.2)"))
            }
            return .opaque("${\(text)}")
        }
        if let match = text.wholeMatch(of: /\s*([A-Za-z_][A-Za-z0-9_]*)\s*/) {
            return place(String(match.1), default: nil, emptyCounts: false, lookup)
        }
        if let match = text.wholeMatch(of: /([A-Za-z_][A-Za-z0-9_]*)(:?)-((?s).*)/) {
            return place(
                String(match.1), default: bound(String(match.3), lookup: lookup), emptyCounts: match.2 == ":", lookup)
        }
        return lookup(text) ?? .opaque("${\(text)}")
    }

    private static func place(
        _ name: String, default word: BoundValue?, emptyCounts: Bool, _ lookup: (String) -> BoundValue?
    ) -> BoundValue {
        if let known = lookup(name) { return known.isEmpty && emptyCounts ? word ?? known : known }
        return .reference(SecretReference(.variable, name), default: word, emptyCounts: word == nil || emptyCounts)
    }

    private static func closingBrace(of text: Substring) -> Substring.Index? {
        var depth = 0
        for index in text.indices {
            if text[index] == "{" { depth += 1 }
            guard text[index] == "}" else { continue }
            if depth == 0 { return index }
            depth -= 1
        }
        return nil
    }
}
