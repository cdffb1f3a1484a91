/// What a block is doing, as the plant names it (DESIGN §9), and how a page marks it: a colour, and a letter beside it.
enum BlockState: String, CaseIterable, Sendable {
    case empty, planned, planted, growing, fruiting, harvesting, cleaning, alert

    /// On the plan, where there is no room for the word.
    var letter: String {
        switch self {
        case .empty: "E"
        case .planned: "Pn"
        case .planted: "Pl"
        case .growing: "G"
        case .fruiting: "F"
        case .harvesting: "H"
        case .cleaning: "C"
        case .alert: "!"
        }
    }
}

/// A state on a page. One that this portal does not know (of a newer plant) is shown by its word.
struct StateMark: Sendable {
    let word: PageText
    let letter: PageText
    /// Names the colour.
    let style: PageText

    init(_ state: String, _ texts: Texts) {
        let known = BlockState(rawValue: state)
        word = PageText(Self.word(state, texts))
        letter = PageText(known?.letter ?? "?")
        style = PageText(known?.rawValue ?? "unknown")
    }

    static func word(_ state: String, _ texts: Texts) -> String {
        texts.known("state.\(state)") ?? BoundedText.line(state, maximumBytes: 40)
    }
}
