import ServiceKit

/// How a customer stands, as a mark and in words.
struct CustomerStanding: Sendable {
    let word: PageText
    /// Of a badge.
    let style: PageText
    /// Until when it tries.
    let trial: [PageMoment]
    let isTrialOver: Bool

    /// - Parameter now: seconds since the epoch.
    init(_ customer: CustomerDocument, _ texts: Texts, now: Int64) {
        word = PageText(Self.word(customer.status, texts))
        isTrialOver = customer.isTrialOver(at: now)
        style =
            switch customer.status {
            case CustomerDocument.active: isTrialOver ? "warn" : "good"
            case CustomerDocument.suspended: "bad"
            default: "warn"
            }
        trial = customer.trialEndsAt.map { [PageMoment($0.seconds)] } ?? []
    }

    static func word(_ status: String, _ texts: Texts) -> String {
        texts.known("customers.status_\(status)") ?? BoundedText.line(status, maximumBytes: 40)
    }

    /// Why it is suspended.
    static func reason(_ reason: String, _ texts: Texts) -> String {
        texts.known("customers.reason_\(reason)") ?? reason
    }
}
