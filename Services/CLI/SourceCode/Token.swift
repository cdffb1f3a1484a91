package import Evidence

/// A lexical element of a source text. Comments and white space are gone.
package struct Token: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// A name or a keyword.
        case word
        case number
        /// `text` is the value with its escapes resolved; of one with interpolation, `pieces` hold its parts.
        case string
        /// An operator or a bracket: the longest that the rules list, else one character.
        case mark
        /// Where the rules say that line ends matter; several in a row are one.
        case lineEnd
    }

    package enum Piece: Sendable, Equatable {
        case text(String)
        /// The tokens of an interpolated expression.
        case code([Token])
    }

    package let kind: Kind
    package let text: String
    package let position: SourcePosition
    /// Of a string that holds expressions; empty otherwise.
    package var pieces: [Piece] = []

    package func isMark(_ mark: String) -> Bool { kind == .mark && text == mark }
    package func isWord(_ word: String) -> Bool { kind == .word && text == word }
}
