import Contracts
import ServerKit
import Storage
import Tokens

/// Tells verifiers which customers' tokens are good no more: of those that are suspended or deleted, in the transaction
/// that makes it so (`GET /internal/v1/revocations`).
struct CustomerRevocations: Sendable {
    static let log = EventLog(table: "revocations")
    static let issuer = "lockstep-plant"
    /// Events kept at most.
    static let maximum: Int64 = 1_000_000

    /// Seconds for which an event is told: until every token that it concerns has expired.
    let kept: Int64
    let makeID: @Sendable () -> String

    init(policy: VerificationPolicy, makeID: @escaping @Sendable () -> String) {
        kept = policy.maximumLifetime + 2 * policy.leeway
        self.makeID = makeID
    }

    /// Tokens that are issued later are not concerned: while the customer is suspended the plant refuses them itself, and
    /// when it is active again they are good at once.
    /// - Parameter after: nil for one that was deleted.
    func changed(
        from before: Customer, to after: Customer?, now: Int64, _ transaction: any SQLTransaction
    ) async throws {
        guard before.status == .active, after?.status != .active else { return }
        try await tell(of: before.id, user: before.userID, now: now, transaction)
    }

    /// Of a customer and of all that were merged into it: their tokens go on naming what they were.
    func tell(of id: String, user: String?, now: Int64, _ transaction: any SQLTransaction) async throws {
        let subjects = [(id: id, user: user)] + (try await CustomerLookup.sources(of: id, in: transaction))
        for subject in subjects {
            let claims = RevocationClaims.write(
                Revocation(
                    id: makeID(), issuer: Self.issuer, event: .accountDisabled,
                    subject: .customer(id: subject.id, user: subject.user), occurredAt: now))
            try await Self.log.append(
                String(decoding: claims, as: UTF8.self), now: now, expiresAt: now + kept, transaction)
        }
    }

    /// Events are signed as they are told: the database holds no signature, and another internal token makes none stale.
    static func route(database: any Database, tokens: RevocationToken) -> RevocationRoute {
        RevocationRoute(
            page: { after in
                let page = try await database.read {
                    try await log.page(after: after, limit: RevocationPage.maximumEvents, $0)
                }
                return page.map { page in
                    RevocationPage(
                        events: page.entries.map {
                            .init(cursor: $0.cursor, set: tokens.sign(Array($0.payload.utf8)))
                        }, next: page.next, more: page.hasMore)
                }
            }, news: { log.news(of: database) })
    }
}
