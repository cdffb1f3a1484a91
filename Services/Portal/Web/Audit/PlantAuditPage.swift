import ServiceKit

/// `GET /audit/plant`: what the plant recorded of changes to what it keeps, the newest first.
struct PlantAuditPage: WebPage {
    static let address = "/audit/plant"

    struct Entry: Sendable {
        let when: PageText
        let position: PageText
        let what: PageText
        let refusal: PageText
        let isBegun: Bool
        let who: PageText
        let kind: PageText
        let subject: PageText
        let from: PageText
        let details: PageText
        /// Its beginning: the whole is behind the link.
        let request: PageText
        let requestAddress: PageText

        /// - Parameter email: of the account that acted, where it is one of this portal's.
        init(_ entry: PlantAuditDocument.Entry, email: String?) {
            func shown(_ text: String?) -> PageText {
                PageText(BoundedText.line(text ?? "", maximumBytes: 2000))
            }
            when = PageText(moment: entry.at.seconds)
            position = PageText(String(entry.position))
            what = shown(entry.action)
            let outcome = entry.outcome.split(separator: ":", maxSplits: 1)
            refusal = shown(outcome.first == "refused" ? String(outcome.last ?? "") : nil)
            isBegun = entry.outcome == "begun"
            who = shown(email ?? entry.actor)
            kind = shown(entry.resourceKind)
            subject = shown(entry.resourceID)
            from = shown(entry.address)
            details = shown(entry.details)
            request = shown(entry.requestID.map { $0.count > 12 ? $0.prefix(8) + "…" : $0 })
            requestAddress = PageText(entry.requestID.map(PlantAuditPage.address(ofRequest:)) ?? "")
        }
    }

    let templateName = "audit-plant"
    let frame: PageFrame
    let views: [PageView]
    let entries: [Entry]
    let outcomes: [AuditPage.Choice]
    let actor: PageText
    let action: PageText
    let concerning: PageText
    let request: PageText
    /// Where the log stands, to be kept elsewhere.
    let head: PageText
    /// Of the page behind this one; empty: there is none.
    let older: PageText

    /// - Parameter email: of who made an entry, where it is an account of this portal's.
    init(
        parts: WebParts, visitor: Visitor, log: PlantAuditDocument, head: PlantAuditHead, filter: PlantAuditFilter,
        email: (PlantAuditDocument.Entry) -> String?
    ) {
        frame = parts.frame(parts.texts["audit.title"], for: visitor)
        views = AuditPage.views(parts, isPlant: true)
        entries = log.data.map { Entry($0, email: email($0)) }
        outcomes = PlantAuditFilter.outcomes.map { .init(value: PageText($0), isChosen: $0 == filter.outcome) }
        actor = PageText(filter.actor ?? "")
        action = PageText(filter.action ?? "")
        concerning = PageText(filter.concerning ?? "")
        request = PageText(filter.requestID ?? "")
        self.head = PageText(BoundedText.line(head.head, maximumBytes: 300))
        older = PageText(log.next.map { filter.address(before: $0) } ?? "")
    }

    /// All that the plant recorded of one request.
    static func address(ofRequest id: String) -> String { "\(address)?request=\(WebAnswers.queryEscaped(id))" }
}
