import Evidence

/// What an expression comes to, as far as the files go.
indirect enum TerraformValue: Sendable {
    struct Member: Sendable {
        let key: String
        let value: TerraformValue
        let position: SourcePosition
    }

    /// A text, number or boolean, and where it stands.
    case bound(BoundValue, SourcePosition)
    case list([TerraformValue])
    case object([Member])
    /// What `jsonencode` was given: the text is made where it is needed.
    case json(TerraformValue)
    /// A secret whose members are taken one by one: `jsondecode(…)["key"]`.
    case members(SecretReference, SourcePosition)
    case null
    case unknown(String)

    var position: SourcePosition? {
        switch self {
        case .bound(_, let position), .members(_, let position): position
        case .object(let members): members.first?.position
        case .list(let values): values.first?.position
        case .json(let inner): inner.position
        case .null, .unknown: nil
        }
    }

    /// As one text; nil for `null`.
    var bound: BoundValue? {
        switch self {
        case .bound(let value, _): value
        case .members(let reference, _): .reference(reference)
        case .json(let inner): inner.text
        case .list, .object: .opaque("a list or mapping")
        case .null: nil
        case .unknown(let spelling): .opaque(spelling)
        }
    }

    var literal: String? { bound?.literal }

    /// With the default of a variable where nothing else is said, for what must be one thing: a condition, a key.
    var assumed: String? {
        guard case .bound(let value, _) = self else { return nil }
        return value.literal ?? value.fallback?.literal
    }

    var isKnown: Bool {
        switch self {
        case .bound(let value, _): value.literal != nil
        case .list(let values): values.allSatisfy(\.isKnown)
        case .object(let members): members.allSatisfy { $0.value.isKnown }
        case .json(let inner): inner.isKnown
        case .null: true
        case .members, .unknown: false
        }
    }

    /// JSON text of it, with references in it.
    private var text: BoundValue {
        switch self {
        case .bound(let value, _):
            return BoundValue.literal("\"") + BoundValue(value.pieces.map(Self.escaped)) + .literal("\"")
        case .members(let reference, _): return .reference(reference)
        case .json(let inner): return inner.text
        case .null: return .literal("null")
        case .unknown(let spelling): return .opaque(spelling)
        case .list(let values):
            return values.enumerated().reduce(.literal("[")) {
                $0 + .literal($1.offset > 0 ? "," : "") + $1.element.text
            }
                + .literal("]")
        case .object(let members):
            return members.enumerated().reduce(.literal("{")) {
                $0 + .literal(($1.offset > 0 ? "," : "") + "\"\($1.element.key)\":") + $1.element.value.text
            } + .literal("}")
        }
    }

    private static func escaped(_ piece: BoundValue.Piece) -> BoundValue.Piece {
        guard case .text(let text) = piece else { return piece }
        return .text(
            text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n"))
    }

    subscript(key: String) -> TerraformValue? {
        switch self {
        case .object(let members): return members.last { $0.key == key }?.value
        case .list(let values):
            guard let index = Int(key) else { return nil }
            return values.indices.contains(index) ? values[index] : nil
        case .members(let reference, let position):
            return .bound(
                .reference(
                    SecretReference(
                        reference.store, reference.name + "#" + key, version: reference.version, scope: reference.scope)
                ),
                position)
        default: return nil
        }
    }

    /// Equal as far as both are known.
    func isSame(as other: TerraformValue) -> Bool {
        switch (self, other) {
        case (.null, .null): return true
        case (.bound(let a, _), .bound(let b, _)): return a == b
        case (.list(let a), .list(let b)): return a.count == b.count && zip(a, b).allSatisfy { $0.isSame(as: $1) }
        default: return false
        }
    }
}
