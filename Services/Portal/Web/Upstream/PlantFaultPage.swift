import HTTPTypes
import Hummingbird

/// In place of a page whose data the plant did not give.
struct PlantFaultPage: WebPage {
    let templateName = "plant-fault"
    let frame: PageFrame
    let detail: PageText
    let next: PageText
    /// For those who may see it.
    let linksKeys: Bool
    /// Of the area, to try again.
    let back: PageText
    let requestID: PageText

    init(parts: WebParts, visitor: Visitor, fault: PlantFaultText) {
        frame = parts.frame(fault.title, for: visitor)
        detail = PageText(fault.detail)
        linksKeys = fault.concernsKeys && parts.isOpen(.keys, to: visitor)
        next = PageText(fault.next)
        back = PageText(visitor.area.address)
        requestID = PageText(visitor.requestID)
    }
}

extension WebParts {
    /// A page, or what is said in its place where the plant gives no data.
    func withPlant(_ visitor: Visitor, _ page: () async throws -> Response) async throws -> Response {
        do {
            return try await page()
        } catch let failure as PlantFailure {
            let fault = PlantFaultText(failure, texts)
            var headers = HTTPFields()
            if let seconds = fault.retryAfter { headers[.retryAfter] = String(seconds) }
            return try pages.response(
                PlantFaultPage(parts: self, visitor: visitor, fault: fault), status: fault.status, headers: headers)
        }
    }
}
