/// What a worker says of its outbox in logs and metrics.
struct OutboxVoice: Sendable {
    /// Of the metrics' names: `lockstep_portal_<metrics>_…`.
    let metrics: String
    let delivered: String
    let rejected: String
    let retried: String
    let paused: String

    static let customers = OutboxVoice(
        metrics: "outbox", delivered: "customer registration delivered to the plant",
        rejected: "the plant refuses a customer registration; it is kept as rejected and needs a person",
        retried: "customer registration not delivered; it is tried again",
        paused: "the plant does not take customer registrations; they wait in the outbox")
    static let mails = OutboxVoice(
        metrics: "mail", delivered: "mail handed over", rejected: "a mail could not be delivered and is given up",
        retried: "mail not taken; it is tried again",
        paused: "no mail can be sent now; mails wait in the outbox")
}
