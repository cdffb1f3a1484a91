/// For how long a token is good.
struct VaultLease: Sendable, Hashable {
    /// 0: it does not end.
    var seconds: Int64
    var isRenewable: Bool

    static let endless = VaultLease(seconds: 0, isRenewable: false)
}

/// Decides whether the token at hand is used, renewed or replaced: a pure state machine over seconds of a clock that
/// only goes forward.
///
/// A token is renewed after two thirds of its lease. One that can't be renewed, or whose renewals have come near the
/// longest life that Vault gives it, is replaced by a new login at that time, while it still works.
struct VaultTokenLifecycle: Sendable {
    enum Action: Hashable {
        case login
        case renew(SecretText)
        case use(SecretText)
    }

    enum Event: Hashable {
        case loggedIn(SecretText, VaultLease)
        /// Vault could not be asked.
        case loginFailed
        case renewed(VaultLease)
        /// Refused for good, or only not answered.
        case renewalFailed(isFinal: Bool)
        /// Vault did not let this token read or write.
        case refused
    }

    private struct Held: Sendable {
        var token: SecretText
        var lease: VaultLease
        /// Seconds of the first lease.
        let span: Int64
        let since: Int64
        /// When it is renewed or replaced; nil: never.
        var dueAt: Int64?
        var endsAt: Int64?
    }

    /// Seconds between two tries while Vault does not answer.
    static let retry: Int64 = 10
    /// Seconds in which a refusal is taken for the token's rights, not for its end.
    static let trust: Int64 = 60

    private var held: Held?

    func action(now: Int64) -> Action {
        guard let held else { return .login }
        if let endsAt = held.endsAt, now >= endsAt { return .login }
        guard let dueAt = held.dueAt, now >= dueAt else { return .use(held.token) }
        return held.lease.isRenewable ? .renew(held.token) : .login
    }

    /// The token while it works, whatever is due.
    func usable(now: Int64) -> SecretText? {
        guard let held, held.endsAt.map({ now < $0 }) ?? true else { return nil }
        return held.token
    }

    mutating func on(_ event: Event, now: Int64) {
        switch event {
        case .loggedIn(let token, let lease):
            held = Held(token: token, lease: lease, span: lease.seconds, since: now)
            extend(by: lease, now: now)
        case .renewed(var lease):
            // Vault shortens renewals as the token nears its longest life.
            if let held, lease.seconds * 3 < held.span { lease.isRenewable = false }
            extend(by: lease, now: now)
        case .renewalFailed(isFinal: true): held = nil
        case .renewalFailed(isFinal: false), .loginFailed: held?.dueAt = now + Self.retry
        case .refused:
            if let held, now - held.since >= Self.trust { self.held = nil }
        }
    }

    private mutating func extend(by lease: VaultLease, now: Int64) {
        held?.lease = lease
        held?.endsAt = lease.seconds > 0 ? now + lease.seconds : nil
        held?.dueAt = lease.seconds > 0 ? now + lease.seconds * 2 / 3 : nil
    }
}
