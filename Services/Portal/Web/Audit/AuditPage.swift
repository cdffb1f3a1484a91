/// `GET /audit`: who did what, the newest first.
struct AuditPage: WebPage {
    struct Entry: Sendable {
        let when: PageText
        let what: PageText
        let isFailure: Bool
        let who: PageText
        let subject: PageText
        let from: PageText
        let detail: PageText
        let requestID: PageText

        init(_ entry: AuditEntry, _ texts: Texts) {
            let event = entry.event
            when = PageText(moment: event.at)
            what = PageText(event.kind.rawValue)
            isFailure = event.outcome == .failure
            who = PageText(entry.actorEmail ?? event.actor ?? texts["audit.nobody"])
            subject = PageText(event.subject)
            from = PageText(event.address)
            detail = PageText(event.detail)
            requestID = PageText(event.requestID)
        }
    }

    struct Choice: Sendable {
        let value: PageText
        let isChosen: Bool
    }

    let templateName = "audit"
    let frame: PageFrame
    let views: [PageView]
    let entries: [Entry]
    let kinds: [Choice]
    let outcomes: [Choice]
    let concerning: PageText
    /// Of the page behind this one; empty: there is none.
    let older: PageText

    init(parts: WebParts, visitor: Visitor, entries: [AuditEntry], filter: AuditFilter, next: AuditCursor?) {
        frame = parts.frame(parts.texts["audit.title"], for: visitor)
        views = Self.views(parts, isPlant: false)
        self.entries = entries.map { Entry($0, parts.texts) }
        kinds = AuditEvent.Kind.allCases.map {
            Choice(value: PageText($0.rawValue), isChosen: $0 == filter.kind)
        }
        outcomes = [AuditEvent.Outcome.success, .failure].map {
            Choice(value: PageText($0.rawValue), isChosen: $0 == filter.outcome)
        }
        concerning = PageText(filter.concerning ?? "")
        older = PageText(next.map { Self.address(filter, before: $0) } ?? "")
    }

    /// The trails that can be read here. Without a gateway it is this one alone.
    static func views(_ parts: WebParts, isPlant: Bool) -> [PageView] {
        guard parts.hasGateway else { return [] }
        return [
            PageView(parts.texts["audit.of_portal"], Area.audit.address, isCurrent: !isPlant),
            PageView(parts.texts["audit.of_plant"], PlantAuditPage.address, isCurrent: isPlant),
        ]
    }

    private static func address(_ filter: AuditFilter, before cursor: AuditCursor) -> String {
        let fields = [
            ("event", filter.kind?.rawValue), ("outcome", filter.outcome?.rawValue), ("about", filter.concerning),
            ("before", cursor.text),
        ]
        return "/audit?"
            + fields.compactMap { name, value in value.map { "\(name)=\(WebAnswers.queryEscaped($0))" } }
            .joined(separator: "&")
    }
}
