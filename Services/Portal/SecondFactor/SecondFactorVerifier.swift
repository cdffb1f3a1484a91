import Logging

/// Checks codes and recovery codes: limited by address and by account, counted and locked like passwords.
final class SecondFactorVerifier: Sendable {
    enum Failure: Error, Equatable, Sendable {
        /// There is a second factor, and no answer came.
        case missing
        /// Wrong code, wrong or spent ticket, one used before: one answer.
        case rejected
        /// Seconds until the next.
        case tooManyAttempts(retryAfter: Int)
    }

    private let store: SecondFactorStore
    private let entropy: Entropy
    private let logger: Logger
    private let addresses: RateLimiter
    private let accounts: RateLimiter

    init(store: SecondFactorStore, limits: LoginLimits, entropy: Entropy, logger: Logger) {
        self.store = store
        self.entropy = entropy
        self.logger = logger
        addresses = RateLimiter(perMinute: limits.perAddress)
        accounts = RateLimiter(perMinute: limits.perAccount)
    }

    /// Of somebody who is signed in and has just given their password: nothing is asked where none is enrolled.
    /// - Returns: whether one is.
    func check(_ answer: SecondFactorAnswer?, of user: User, caller: Caller, now: Int64) async throws -> Bool {
        guard try await store.standing(userID: user.id).confirmedAt != nil else { return false }
        guard let answer else { throw Failure.missing }
        try admit(caller, account: user.id, now: now)
        try settle(try await store.spend(answer, of: user, source: source(caller, now)), caller)
        return true
    }

    /// Ends an enrolment.
    func confirm(
        _ answer: SecondFactorAnswer, of user: User, caller: Caller, now: Int64
    ) async throws -> [RecoveryCode] {
        try admit(caller, account: user.id, now: now)
        let codes = recoveryCodes()
        try settle(
            try await store.confirm(answer, of: user, recoveryCodes: codes, source: source(caller, now)), caller)
        PortalMetrics.secondFactor("enrolled")
        return codes
    }

    /// A ticket and an answer for a sign-in that may go on.
    func redeem(
        ticket text: String, _ answer: SecondFactorAnswer, caller: Caller, now: Int64
    ) async throws -> SecondFactorStore.Redeemed {
        try admit(caller, now: now)
        guard let ticket = OpaqueToken(.secondFactorTicket, parsing: text) else { throw Failure.rejected }
        switch try await store.redeem(
            ticketHash: ticket.hash, answer, recoveryCodes: recoveryCodes(), source: source(caller, now))
        {
        case .redeemed(let redeemed):
            PortalMetrics.secondFactor("success")
            return redeemed
        case .unknownTicket:
            PortalMetrics.secondFactor("unknown_ticket")
            throw Failure.rejected
        case .refused(let verdict):
            try settle(verdict, caller)
            throw Failure.rejected
        }
    }

    func recoveryCodes() -> [RecoveryCode] {
        (0..<RecoveryCode.count).map { _ in RecoveryCode(entropy: entropy) }
    }

    private func source(_ caller: Caller, _ now: Int64) -> AuditSource {
        AuditSource(caller: caller, entropy: entropy, now: now)
    }

    /// Of whoever comes with a ticket, good or not.
    func admit(_ caller: Caller, now: Int64) throws(Failure) {
        if let wait = addresses.take(caller.address.limitKey, now: now) { throw limited(wait) }
    }

    private func admit(_ caller: Caller, account: String, now: Int64) throws(Failure) {
        try admit(caller, now: now)
        if let wait = accounts.take(account, now: now) { throw limited(wait) }
    }

    private func limited(_ wait: Int) -> Failure {
        PortalMetrics.secondFactor("rate_limited")
        return .tooManyAttempts(retryAfter: wait)
    }

    private func settle(_ verdict: SecondFactorStore.Verdict, _ caller: Caller) throws(Failure) {
        switch verdict {
        case .right:
            PortalMetrics.secondFactor("success")
        case .wrong(let beginsRest):
            PortalMetrics.secondFactor("failure")
            if beginsRest {
                logger.warning(
                    "too many wrong codes of a second factor; the account rests",
                    metadata: ["address": "\(caller.address.text)"])
            }
            throw .rejected
        case .resting(let retryAfter):
            PortalMetrics.secondFactor("locked")
            throw .tooManyAttempts(retryAfter: Int(retryAfter))
        }
    }
}
