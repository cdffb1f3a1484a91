import HTTPKit

/// A refusal, for people.
struct FaultPage: WebPage {
    let templateName = "fault"
    let title: PageText
    let portal: PageText
    let environment: PageText
    let detail: PageText
    let requestID: PageText

    init(naming: PortalNaming, refusal: Refusal, requestID: String) {
        portal = naming.portal
        environment = naming.environment
        title = PageText(refusal.code.title)
        detail = PageText(refusal.detail)
        self.requestID = PageText(requestID)
    }

    static let template = """
        {{<layout}}{{$content}}
        <section class="card narrow">
        <h1>{{{title}}}</h1>
        <p>{{{detail}}}</p>
        <p><a href="/">Back to the start</a></p>
        <p class="quiet">Request {{{requestID}}}</p>
        </section>
        {{/content}}{{/layout}}
        """
}
