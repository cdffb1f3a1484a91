import Contracts
import ServerKit
import Storage
import Tokens

/// Tells verifiers, in the transaction that makes it so, which of this portal's access tokens are good no more
/// (`GET /internal/v1/revocations`). Neither is committed without the other.
struct Revocations: Sendable {
    static let log = EventLog(table: "revocations")

    /// `iss` of the tokens.
    let issuer: String
    /// Seconds for which an event is told: until every token that it concerns has expired, by the verifiers' bound on
    /// lifetimes, whatever this portal's own was when it signed them.
    let kept: Int64
    let entropy: Entropy

    init(issuer: String, policy: VerificationPolicy, entropy: Entropy) {
        self.issuer = issuer
        kept = policy.maximumLifetime + 2 * policy.leeway
        self.entropy = entropy
    }

    func sessionEnded(_ id: String, of userID: String, now: Int64, _ transaction: any SQLTransaction) async throws {
        try await tell(.sessionRevoked, .session(id: id, user: userID), now, transaction)
    }

    /// All sessions of a user.
    /// - Parameter tokenVersion: the user's from now on.
    func sessionsEnded(
        of userID: String, tokenVersion: Int64, now: Int64, _ transaction: any SQLTransaction
    ) async throws {
        try await tell(.sessionRevoked, .user(userID), tokenVersion: tokenVersion, now, transaction)
    }

    /// - Parameter tokenVersion: the user's from now on.
    func rolesChanged(
        of userID: String, tokenVersion: Int64, now: Int64, _ transaction: any SQLTransaction
    ) async throws {
        try await tell(.tokenClaimsChange, .user(userID), tokenVersion: tokenVersion, now, transaction)
    }

    func accountDisabled(_ userID: String, now: Int64, _ transaction: any SQLTransaction) async throws {
        try await tell(.accountDisabled, .user(userID), now, transaction)
    }

    private func tell(
        _ event: Revocation.Event, _ subject: Revocation.Subject, tokenVersion: Int64? = nil, _ now: Int64,
        _ transaction: any SQLTransaction
    ) async throws {
        let claims = RevocationClaims.write(
            Revocation(
                id: entropy.identifier(), issuer: issuer, event: event, subject: subject, occurredAt: now,
                tokenVersion: tokenVersion))
        try await Self.log.append(
            String(decoding: claims, as: UTF8.self), now: now, expiresAt: now + kept, transaction)
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
