/// Asks before a rotation begins or is taken back, and says what it will do.
struct RotationConfirmPage: WebPage {
    enum Act: String, Sendable {
        case begin
        case rollBack = "rollback"
    }

    let templateName = "rotation-confirm"
    let frame: PageFrame
    let heading: PageText
    let consequences: [PageText]
    let action: PageText
    let button: PageText
    /// Empty, or why it was refused.
    let problem: PageText

    init(parts: WebParts, visitor: Visitor, act: Act, store: String, problem: String = "") {
        let texts = parts.texts
        let name = act == .begin ? "begin" : "rollback"
        frame = parts.frame(texts["rotation.\(name)_title"], for: visitor)
        heading = frame.title
        consequences = (1...3).map { PageText(texts("rotation.\(name)_\($0)", ["store": store])) }
        action = PageText("/keys/rotation/\(act.rawValue)")
        button = PageText(texts["rotation.\(name)_button"])
        self.problem = PageText(problem)
    }
}
