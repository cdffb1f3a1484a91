/// One outbox: the same rules over another table.
struct OutboxTable: Sendable, Equatable {
    /// 1 to 40 of `a`–`z` and `_`; also the channel that tells of a commit, at every replica.
    let name: String
    /// Seconds for which a message belongs to who claimed it: longer than an attempt may take. A replica that dies
    /// meanwhile leaves it to the others after this.
    let lease: Int64
    /// Seconds between two attempts at most.
    let longestDelay: Int64
    /// Seconds after which a message that nobody took is rejected; nil: never.
    let givesUpAfter: Int64?
    /// Whether a message's text is forgotten once it is settled.
    let forgetsPayload: Bool

    /// Registered customers, for the plant.
    static let customers = OutboxTable(
        name: "outbox", lease: 30, longestDelay: 30, givesUpAfter: nil, forgetsPayload: false)
    /// Mails, with secrets in them; the longest delay is half an hour, as RFC 5321 §4.5.4.1 has it.
    static let mails = OutboxTable(
        name: "mail_outbox", lease: 60, longestDelay: 1800, givesUpAfter: 2 * 86_400, forgetsPayload: true)
}
