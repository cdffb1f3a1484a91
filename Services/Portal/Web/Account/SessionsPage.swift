/// `GET /account/sessions`: where one is signed in.
struct SessionsPage: WebPage {
    struct Row: Sendable {
        let id: PageText
        let device: PageText
        let kind: PageText
        let address: PageText
        let lastAddress: PageText
        let opened: PageText
        let openedShown: PageText
        let lastUsed: PageText
        let lastUsedShown: PageText
        let isCurrent: Bool
        /// A button's name among many of the same text.
        let endLabel: PageText
        let form: PageText

        init(_ session: Session, parts: WebParts, visitor: Visitor) {
            id = PageText(session.id)
            let device = DeviceSummary(userAgent: session.userAgent).text
            self.device = PageText(device)
            kind = PageText(parts.texts[session.kind == .web ? "sessions.kind_web" : "sessions.kind_api"])
            address = PageText(session.address)
            lastAddress = PageText(session.lastAddress)
            let (opened, lastUsed) = (PageMoment(session.createdAt), PageMoment(session.lastUsedAt))
            (self.opened, openedShown) = (opened.machine, opened.shown)
            (self.lastUsed, lastUsedShown) = (lastUsed.machine, lastUsed.shown)
            isCurrent = session.id == visitor.session.id
            endLabel = PageText(parts.texts("sessions.end_named", ["device": device]))
            form = PageText(visitor.formToken)
        }
    }

    let templateName = "account-sessions"
    let frame: PageFrame
    let summary: PageText
    let rows: [Row]
    /// Empty, or how many there are beside those that are shown.
    let more: PageText

    init(parts: WebParts, visitor: Visitor, sessions: [Session], total: Int, notice: String? = nil) {
        frame = parts.frame(parts.texts["sessions.title"], for: visitor, notice: notice)
        summary = PageText(parts.texts.counted("sessions.summary", total))
        rows = sessions.map { Row($0, parts: parts, visitor: visitor) }
        more = PageText(
            total > sessions.count
                ? parts.texts("sessions.more", ["count": String(total - sessions.count)]) : "")
    }
}
