/// `GET /keys`: how each service's keys stand.
struct KeysPage: WebPage {
    struct Key: Sendable {
        let kid: PageText
        let state: PageText
    }

    struct Row: Sendable {
        let service: PageText
        let url: PageText
        let environment: PageText
        let source: PageText
        let keys: [Key]
        let isGood: Bool
        let badge: PageText
        /// What is wrong, behind the service's name.
        let verdict: PageText
        /// The next command; empty where all is well.
        let command: PageText
    }

    let templateName = "keys"
    let frame: PageFrame
    let summary: PageText
    let isAllGood: Bool
    let rows: [Row]

    init(parts: WebParts, visitor: Visitor, standings: [KeyStanding]) {
        frame = parts.frame(parts.texts["keys.title"], for: visitor)
        rows = standings.map(Row.init)
        isAllGood = rows.allSatisfy(\.isGood)
        summary = PageText(Self.summary(of: rows, parts.texts))
    }

    static func summary(of rows: [Row], _ texts: Texts) -> String {
        let bad = rows.count { !$0.isGood }
        return bad == 0
            ? texts["keys.all_good"] : texts.counted("keys.attention", bad, ["total": String(rows.count)])
    }
}

extension KeysPage.Row {
    init(_ standing: KeyStanding) {
        service = PageText(standing.service)
        url = PageText(standing.url)
        environment = PageText(standing.environment)
        source = PageText(standing.source)
        keys = standing.keys.map { KeysPage.Key(kid: PageText($0.kid), state: PageText($0.state)) }
        isGood = standing.isGood
        badge = PageText(standing.badge)
        verdict = PageText(standing.verdict)
        command = PageText(standing.command)
    }
}
