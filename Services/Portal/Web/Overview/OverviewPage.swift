/// `GET /`: what needs attention, and where to go.
struct OverviewPage: WebPage {
    struct AreaCard: Sendable {
        let label: PageText
        let address: PageText
        let purpose: PageText
    }

    let templateName = "overview"
    let frame: PageFrame
    let name: PageText
    let showsKeys: Bool
    let linksKeys: Bool
    let summary: PageText
    let isAllGood: Bool
    let findings: [KeysPage.Row]
    let areas: [AreaCard]

    /// - Parameter picture: nil for people whose business keys are not.
    init(parts: WebParts, visitor: Visitor, picture: FleetPicture?) {
        let texts = parts.texts
        frame = parts.frame(
            texts["overview.title"], for: visitor,
            live: picture != nil && Area.keys.isOpen(to: visitor.user.roles) ? "/keys/live" : "")
        name = PageText(visitor.user.name)
        showsKeys = picture != nil
        linksKeys = Area.keys.isOpen(to: visitor.user.roles)
        findings = picture.map { KeysPage.rows($0, texts).filter { !$0.isGood } } ?? []
        isAllGood = findings.isEmpty
        summary = PageText(picture?.verdict.words(texts) ?? "")
        areas = parts.areas(of: visitor).filter { $0 != .overview }.map { area in
            AreaCard(
                label: PageText(texts["menu.\(area.rawValue)"]), address: PageText(area.address),
                purpose: PageText(texts["purpose.\(area.rawValue)"]))
        }
    }
}
