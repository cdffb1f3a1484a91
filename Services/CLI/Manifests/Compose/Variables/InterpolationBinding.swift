package import Evidence

extension Interpolation {
    /// What the text is bound to, whatever the environment holds: a variable that `lookup` does not know stays a
    /// reference with its default. A message of `:?` is not part of the value.
    /// - Parameter lookup: nil for a variable that the files do not define.
    package static func bind(_ text: String, lookup: (String) -> BoundValue?) throws(Fault) -> BoundValue {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return .literal(text) }
        var pieces: [BoundValue.Piece] = []
        for part in try parts(of: text) {
            switch part {
            case .text(let text): pieces.append(.text(text))
            case .variable(let variable): pieces += try bind(variable, lookup: lookup).pieces
            }
        }
        return BoundValue(pieces)
    }

    private static func bind(_ variable: Variable, lookup: (String) -> BoundValue?) throws(Fault) -> BoundValue {
        let value = lookup(variable.name)
        switch variable.condition {
        case nil, .required: return value ?? .reference(SecretReference(.variable, variable.name))
        case .otherwise:
            let word = try bind(variable.word, lookup: lookup)
            guard let value else {
                return .reference(
                    SecretReference(.variable, variable.name), default: word, emptyCounts: variable.emptyCounts)
            }
            guard variable.emptyCounts else { return value }
            if value.isEmpty { return word }
            // X=${Y} in .env is empty where Y is not set, and then the word stands in.
            if let inner = value.reference, value.fallback == nil { return .reference(inner, default: word) }
            return value
        case .replacement:
            guard let value, !value.isOpaque, value.literal != nil else { return .opaque(spelling(of: variable)) }
            return variable.emptyCounts && value.isEmpty ? .empty : try bind(variable.word, lookup: lookup)
        }
    }

    /// The word is left out: it may hold a value.
    private static func spelling(of variable: Variable) -> String {
        "${\(variable.name)\(variable.emptyCounts ? ":" : "")+…}"
    }
}

extension BoundValue {
    /// The text where nothing outside the files says otherwise: defaults are taken. Nil where a part has none.
    var likely: String? {
        var text = ""
        for piece in pieces {
            switch piece {
            case .text(let part): text += part
            case .reference(_, let word, _):
                guard let part = word?.likely else { return nil }
                text += part
            case .opaque: return nil
            }
        }
        return text
    }

    /// As the file spells it, for names of images and words of commands.
    var spelled: String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .reference(let reference, let word, _):
                reference.store == .variable
                    ? "${\(reference.name)\(word.map { ":-\($0.spelled)" } ?? "")}" : reference.description
            case .opaque(let expression): expression
            }
        }.joined()
    }
}
