/// Asks before what can't be undone: a page of its own, so that it asks without script too.
struct ConfirmPage: WebPage {
    let templateName = "farm-confirm"
    let frame: PageFrame
    let code: PageText
    let question: PageText
    let consequence: PageText
    let action: PageText
    let back: PageText
    let submit: PageText
    /// What was typed, and the answer.
    let hidden: [WorkForm.Hidden]

    /// - Parameters:
    ///   - consequence: names the text that says what it means.
    ///   - carried: what was typed.
    init(
        parts: WebParts, visitor: Visitor, block: BlockDocument, state: String, consequence: Consequence,
        carried: [WorkForm.Hidden]
    ) {
        let texts = parts.texts
        let home = FarmAddress.block(block.id, of: block.farmID)
        let word = StateMark.word(state, texts)
        frame = parts.frame(texts["confirm.title"], for: visitor)
        code = PageText(block.code)
        question = PageText(texts("confirm.question", ["code": block.code, "state": word]))
        self.consequence = PageText(texts["confirm.\(consequence.rawValue)"])
        action = PageText(home + "/state")
        back = PageText(home)
        submit = PageText(texts("confirm.submit", ["state": word]))
        hidden = carried + [.init(name: "confirmed", value: "yes")]
    }

    /// What a change of state ends for good.
    enum Consequence: String, Sendable {
        /// The season is over: its harvests stay as they are.
        case finishes
        /// The plan is given up.
        case cancels
        /// All alerts of the block are resolved.
        case resolves

        /// Nil where nothing is lost.
        init?(from state: String, to target: String) {
            switch (BlockState(rawValue: state), BlockState(rawValue: target)) {
            case (.harvesting, .cleaning): self = .finishes
            case (.planned, .empty): self = .cancels
            case (.alert, _): self = .resolves
            default: return nil
            }
        }
    }
}
