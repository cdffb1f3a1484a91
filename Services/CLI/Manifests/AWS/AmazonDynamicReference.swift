import Evidence

/// Secrets that a template names in the middle of a text: `{{resolve:secretsmanager:ID:SecretString:FIELD:STAGE:VERSION}}`,
/// `{{resolve:ssm:NAME:VERSION}}`, and `valueFrom` texts that begin with a resource (`${Secret}:field::`).
enum AmazonDynamicReference {
    typealias Naming = (SecretReference) -> SecretReference?

    static func followed(_ value: BoundValue, _ naming: Naming) -> BoundValue {
        guard
            value.pieces.contains(where: { if case .text(let text) = $0 { text.contains("{{resolve:") } else { false } }
            )
        else { return value }
        let marked = Marked(value)
        var result = BoundValue.empty
        var rest = marked.text[...]
        while let open = rest.firstRange(of: "{{resolve:"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            result = result + marked.unmarked(rest[..<open.lowerBound])
            let inner = rest[open.upperBound..<close.lowerBound]
            result =
                result + (reference(inner, marked, naming).map { .reference($0) } ?? .opaque("{{resolve:…}}"))
            rest = rest[close.upperBound...]
        }
        return result + marked.unmarked(rest)
    }

    private static func reference(_ text: Substring, _ marked: Marked, _ naming: Naming) -> SecretReference? {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let service = text[..<colon]
        let rest = text[text.index(after: colon)...]
        var parts = rest.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        switch service {
        case "ssm", "ssm-secure":
            let id = marked.spelled(parts[0])
            return SecretReference(
                .parameterStore, AmazonSecretName.parameter(id), version: parts.count > 1 ? parts[1] : nil)
        case "secretsmanager":
            var id = parts.removeFirst()
            if id == "arn" {
                guard parts.count > 5 else { return nil }
                id = "arn:" + parts.prefix(6).joined(separator: ":")
                parts.removeFirst(6)
            }
            func part(_ index: Int) -> String? { index < parts.count && !parts[index].isEmpty ? parts[index] : nil }
            let base = base(id, marked, naming)
            let field = part(1).map { "#" + marked.spelled($0) } ?? ""
            let stage = part(2) == "AWSCURRENT" ? nil : part(2)
            return SecretReference(base.store, base.name + field, version: part(3) ?? stage, scope: base.scope)
        default: return nil
        }
    }

    private static func base(_ id: String, _ marked: Marked, _ naming: Naming) -> SecretReference {
        if let reference = marked.reference(id) {
            return naming(reference) ?? SecretReference(.template, reference.name, scope: reference.scope)
        }
        return AmazonSecretName.secret(marked.spelled(id))
    }

    /// The place that a `valueFrom` names.
    static func place(_ value: BoundValue, _ naming: Naming) -> BoundValue {
        if let reference = value.reference {
            if let named = naming(reference) { return .reference(named) }
            // A parameter that holds an ARN; its default is one.
            let word = value.fallback.map { place($0, naming) }
            return reference.store == .template ? .reference(reference, default: word, emptyCounts: false) : value
        }
        let marked = Marked(value)
        // `${Secret}:field:stage:version`
        if case .reference(let first, _, _)? = value.pieces.first {
            let parts = marked.text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            let base = naming(first) ?? first
            guard marked.reference(parts[0]) != nil, parts.count < 5 else { return .opaque(value.shown) }
            func part(_ index: Int) -> String? { index < parts.count && !parts[index].isEmpty ? parts[index] : nil }
            let stage = part(2) == "AWSCURRENT" ? nil : part(2)
            return .reference(
                SecretReference(
                    base.store, base.name + (part(1).map { "#" + $0 } ?? ""), version: part(3) ?? stage,
                    scope: base.scope))
        }
        let text = marked.spelled(marked.text)
        return AmazonSecretName.reference(text).map { .reference($0) } ?? .opaque(text)
    }

    /// A value as one text, its references as characters that no manifest holds.
    private struct Marked {
        let text: String
        private let pieces: [BoundValue.Piece]

        init(_ value: BoundValue) {
            pieces = value.pieces
            text = value.pieces.enumerated().map { index, piece in
                if case .text(let text) = piece { text } else { "\u{E000}\(index)\u{E001}" }
            }.joined()
        }

        func reference(_ part: String) -> SecretReference? {
            guard part.hasPrefix("\u{E000}"), part.hasSuffix("\u{E001}"),
                let index = Int(part.dropFirst().dropLast()), pieces.indices.contains(index),
                case .reference(let reference, _, _) = pieces[index]
            else { return nil }
            return reference
        }

        func unmarked(_ part: Substring) -> BoundValue {
            var result: [BoundValue.Piece] = []
            var rest = part
            while let open = rest.firstIndex(of: "\u{E000}"), let close = rest[open...].firstIndex(of: "\u{E001}") {
                result.append(.text(String(rest[..<open])))
                if let index = Int(rest[rest.index(after: open)..<close]), pieces.indices.contains(index) {
                    result.append(pieces[index])
                }
                rest = rest[rest.index(after: close)...]
            }
            return BoundValue(result + [.text(String(rest))])
        }

        func spelled(_ part: String) -> String { CloudFormationTemplate.spelled(unmarked(part[...])) }
    }
}
