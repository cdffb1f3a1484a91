import Tokens

/// What a pasted token is, and why it is refused. The token itself is not on the page.
struct InspectionPage: WebPage {
    struct Field: Sendable {
        let name: PageText
        let json: PageText
    }

    let templateName = "inspection"
    let frame: PageFrame
    let isValid: Bool
    let verdict: PageText
    let cause: PageText
    let mend: PageText
    let faults: [PageText]
    let header: [Field]
    let claims: [Field]

    init(parts: WebParts, visitor: Visitor, explanation: TokenExplanation) {
        frame = parts.frame(parts.texts["inspection.title"], for: visitor)
        isValid = explanation.verdict == "valid"
        verdict = PageText(explanation.verdict)
        cause = PageText(explanation.cause)
        mend = PageText(explanation.mend)
        faults = explanation.faults.map(PageText.init)
        header = explanation.header.map { Field(name: PageText($0.name), json: PageText($0.json)) }
        claims = explanation.claims.map { Field(name: PageText($0.name), json: PageText($0.json)) }
    }
}
