/// What a name is bound to in the files, before anything runs: text, references, or both mixed
/// (`{"type":"HS256","key":"${JWT_SECRET}"}`).
///
/// It may hold a secret, so it is never printed: `shown` is what messages say.
package struct BoundValue: Hashable, Sendable {
    package enum Piece: Hashable, Sendable {
        case text(String)
        /// `default` stands in while the place is not set (`${X-word}`), or, with `emptyCounts`, also while it is empty
        /// (`${X:-word}`).
        indirect case reference(SecretReference, default: BoundValue?, emptyCounts: Bool)
        /// An expression that no reader follows, spelled as in the file: equal to itself alone, and proof of nothing.
        case opaque(String)
    }

    /// No two texts side by side, no empty text.
    package let pieces: [Piece]

    package init(_ pieces: [Piece]) {
        var merged: [Piece] = []
        for piece in pieces {
            if case .text(let text) = piece {
                if text.isEmpty { continue }
                if case .text(let before)? = merged.last {
                    merged[merged.count - 1] = .text(before + text)
                    continue
                }
            }
            merged.append(piece)
        }
        self.pieces = merged
    }

    package static func literal(_ text: String) -> BoundValue { BoundValue([.text(text)]) }

    package static func reference(
        _ reference: SecretReference, default word: BoundValue? = nil, emptyCounts: Bool = true
    ) -> BoundValue {
        BoundValue([.reference(reference, default: word, emptyCounts: emptyCounts)])
    }

    package static func opaque(_ expression: String) -> BoundValue { BoundValue([.opaque(expression)]) }

    package static let empty = BoundValue([])

    package static func + (a: BoundValue, b: BoundValue) -> BoundValue { BoundValue(a.pieces + b.pieces) }

    /// Set, to an empty text.
    package var isEmpty: Bool { pieces.isEmpty }

    /// The whole text, where it stands in the files.
    package var literal: String? {
        if pieces.isEmpty { return "" }
        if pieces.count == 1, case .text(let text) = pieces[0] { return text }
        return nil
    }

    /// The reference, where the value is one and nothing else.
    package var reference: SecretReference? {
        if pieces.count == 1, case .reference(let reference, _, _) = pieces[0] { return reference }
        return nil
    }

    /// What stands in for the reference while it is not set.
    package var fallback: BoundValue? {
        if pieces.count == 1, case .reference(_, let word, _) = pieces[0] { return word }
        return nil
    }

    /// Every reference in it, also those of defaults.
    package var references: [SecretReference] {
        pieces.flatMap { piece -> [SecretReference] in
            switch piece {
            case .text, .opaque: []
            case .reference(let reference, let word, _): [reference] + (word?.references ?? [])
            }
        }
    }

    /// Whether a part of it can't be followed.
    package var isOpaque: Bool {
        pieces.contains { piece in
            switch piece {
            case .text: false
            case .opaque: true
            case .reference(_, let word, _): word?.isOpaque ?? false
            }
        }
    }

    /// With each reference that `lookup` knows replaced; a default is taken where `lookup` says that the place is not set.
    package func resolved(_ lookup: (SecretReference) -> Resolution) -> BoundValue {
        BoundValue(
            pieces.flatMap { piece -> [Piece] in
                guard case .reference(let reference, let word, let emptyCounts) = piece else { return [piece] }
                switch lookup(reference) {
                case .unknown:
                    return [.reference(reference, default: word?.resolved(lookup), emptyCounts: emptyCounts)]
                case .unset: return word?.resolved(lookup).pieces ?? []
                case .value(let value):
                    if value.isEmpty, emptyCounts, let word { return word.resolved(lookup).pieces }
                    return value.pieces
                }
            })
    }

    package enum Resolution: Sendable {
        case unknown
        case unset
        case value(BoundValue)
    }

    /// For messages, without a byte of a value: `a literal of 32 characters`, `${JWT_SECRET}`, `gcp:jwt-secret@3`.
    package var shown: String {
        if isEmpty { return "an empty value" }
        if let literal { return "a literal of \(literal.count) characters" }
        if let reference { return reference.description + (fallback == nil ? "" : " or a default") }
        // Its text may hold a value.
        if case .opaque? = pieces.first, pieces.count == 1 { return "an expression that is not followed" }
        return "a text with \(references.map(\.description).joined(separator: ", ")) in it"
    }
}
