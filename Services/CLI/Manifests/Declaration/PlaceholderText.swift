import Evidence

/// Text with `${NAME}` in it that some other program fills in (a template of the team's own, `envsubst`): to a
/// `BoundValue`.
enum PlaceholderText {
    /// `${NAME}`, `${NAME-word}`, `${NAME:-word}`, `${{ secrets.NAME }}` and, where the whole text is one, `$NAME`;
    /// `{{ … }}` of a template engine; `<path:MOUNT/PATH#KEY>` of Argo CD's Vault plugin. Anything else in braces is
    /// opaque. A dollar sign that opens none of them is text.
    ///
    /// - Parameter lookup: what the files say of a name; nil for a place outside them.
    static func bound(_ text: String, lookup: (String) -> BoundValue? = { _ in nil }) -> BoundValue {
        guard text.utf8.contains(UInt8(ascii: "{")) || text.utf8.contains(UInt8(ascii: "<")) else {
            return dollars(text, lookup)
        }
        var value = BoundValue.empty
        // Up to here it has been taken; up to `next` it has been looked at.
        var rest = text[...]
        var next = text.startIndex
        while let open = rest[next...].firstIndex(where: { $0 == "{" || $0 == "<" }) {
            next = rest.index(after: open)
            guard let (made, end) = template(at: open, in: rest, lookup) else { continue }
            value = value + dollars(String(rest[..<open]), lookup) + made
            rest = rest[end...]
            next = end
        }
        return value + dollars(String(rest), lookup)
    }

    /// `{{ … }}` or `<path:…>` where `open` stands.
    private static func template(
        at open: Substring.Index, in text: Substring, _ lookup: (String) -> BoundValue?
    ) -> (BoundValue, end: Substring.Index)? {
        let from = text[open...]
        if from.hasPrefix("<path:"), let close = from.firstIndex(of: ">") {
            let place = from[..<close].dropFirst("<path:".count)
            // Beside path and key there may be a version, and functions after a bar.
            let parts = place.split(separator: "#", omittingEmptySubsequences: false)
            guard parts.count == 2, !place.contains("|") else {
                return (.opaque(String(from[...close])), text.index(after: close))
            }
            let name = "\(VaultPath.canonical(String(parts[0])))#\(parts[1])"
            return (.reference(SecretReference(.vault, name)), text.index(after: close))
        }
        guard from.hasPrefix("{{"), !text[..<open].hasSuffix("$"), let close = from.firstRange(of: "}}") else {
            return nil
        }
        let inner = String(from[..<close.lowerBound].dropFirst(2)).trimmingBlanks
        // Braces of JSON are no template.
        guard let first = inner.first(where: { $0 != "-" && !$0.isWhitespace }), first.isLetter || "_.$".contains(first)
        else { return nil }
        return (lookup(inner) ?? .opaque("{{ \(inner) }}"), close.upperBound)
    }

    private static func dollars(_ text: String, _ lookup: (String) -> BoundValue?) -> BoundValue {
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
