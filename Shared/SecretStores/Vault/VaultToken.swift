/// For how long a token is good.
struct VaultLease: Sendable, Hashable {
    /// 0: it does not end.
    var seconds: Int64
    var isRenewable: Bool

    static let endless = VaultLease(seconds: 0, isRenewable: false)
}

/// A login token. It is renewed after two thirds of its lease. One that can't be renewed, or whose renewals have come
/// near the longest life that Vault gives it, is replaced by a new login at that time, while it still works.
struct VaultToken: Sendable, Hashable {
    let text: SecretText
    private(set) var isRenewable: Bool
    /// Seconds of the first lease.
    private let span: Int64
    /// When it was logged in with.
    private let since: Int64

    /// Seconds in which a refusal is taken for the token's rights, not for its end.
    static let trust: Int64 = 60

    init(_ text: SecretText, _ lease: VaultLease, now: Int64) {
        self.text = text
        isRenewable = lease.isRenewable
        span = lease.seconds
        since = now
    }

    /// - Parameter lease: what a renewal brought.
    func renewed(by lease: VaultLease) -> VaultToken {
        var token = self
        // Vault shortens renewals as the token nears its longest life.
        token.isRenewable = lease.isRenewable && lease.seconds >= span / 3
        return token
    }

    /// Whether a refusal may mean that the token has ended before its time.
    func mayHaveEnded(now: Int64) -> Bool { now - since >= Self.trust }

    /// Two thirds of a lease.
    static func renewal(of seconds: Int64) -> Int64 { seconds - seconds / 3 }
}
