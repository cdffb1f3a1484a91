import Contracts
import FoundationEssentials
import HTTPKit
import HTTPTypes
import Hummingbird
import Logging
import ServerKit
import ServiceKit

/// For operators, below /internal/v1, which needs the internal token: `GET outbox`, what has not been delivered, and
/// `POST outbox/{id}/retry`, one more try for what the plant refused.
struct OutboxRoutes: Sendable {
    let store: OutboxStore
    let entropy: Entropy
    let clock: WallClock

    /// One message. Whose email it brings is not told: who may see that asks the portal's own screens.
    struct Document: Codable, Sendable, Equatable {
        var eventID: String
        /// `pending` or `rejected`
        var status: String
        var customerID: String?
        var userID: String?
        var attempts: Int64
        /// Seconds since the epoch.
        var createdAt: Int64
        var nextAttemptAt: Int64?
        var settledAt: Int64?
        var lastError: String?

        enum CodingKeys: String, CodingKey {
            case status, attempts
            case eventID = "event_id"
            case customerID = "customer_id"
            case userID = "user_id"
            case createdAt = "created_at"
            case nextAttemptAt = "next_attempt_at"
            case settledAt = "settled_at"
            case lastError = "last_error"
        }

        init(_ kept: OutboxStore.Kept) {
            let registration = try? JSONDecoder().decode(
                CustomerRegistration.self, from: Data(kept.entry.payload.utf8))
            eventID = kept.entry.eventID
            status = kept.status
            customerID = registration?.customerID
            userID = registration?.userID
            attempts = kept.entry.attempts
            createdAt = kept.entry.createdAt
            nextAttemptAt = kept.status == "pending" ? kept.nextAttemptAt : nil
            settledAt = kept.settledAt
            lastError = kept.lastError
        }
    }

    func add(to group: RouterGroup<AppContext>) {
        group.get("outbox") { request, _ in
            let paging = try Paging(request: request)
            let (kept, total) = try await store.undelivered(limit: paging.perPage, offset: paging.offset)
            return try JSONBody.response(
                Page(data: kept.map(Document.init), total: total, page: paging.page, perPage: paging.perPage),
                headers: [.cacheControl: "no-store"])
        }
        group.post("outbox/:id/retry") { request, context in
            let id = try context.parameters.require("id")
            let now = clock.now()
            let event = AuditEvent(
                .outboxRetried, .success, subject: BoundedText.line(id, maximumBytes: 128),
                caller: Caller(context: context, headers: request.headers), entropy: entropy, now: now)
            switch try await store.retry(id, event: event, now: now) {
            case .due:
                context.logger.notice("a rejected message is tried again", metadata: ["event": "\(id)"])
                return Response(status: .accepted)
            case .notRejected:
                throw Refusal(.conflict, "The message is not rejected: it waits, or was delivered.")
            case .unknown:
                throw Refusal(.notFound, "The outbox has no such message.")
            }
        }
    }
}
