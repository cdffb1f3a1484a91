import HTTPKit

/// A refusal, for people.
struct FaultPage: WebPage {
    let templateName = "fault"
    let frame: PageFrame
    let detail: PageText
    /// What to do about it, where the catalogue has a text for the code.
    let next: PageText
    let requestID: PageText

    init(parts: WebParts, refusal: Refusal, requestID: String) {
        frame = parts.frame(refusal.code.title)
        detail = PageText(refusal.detail)
        next = PageText(parts.texts.known("fault.next_\(refusal.code.rawValue)") ?? "")
        self.requestID = PageText(requestID)
    }
}
