/// What keeps guessing slow.
struct LoginLimits: Sendable, Equatable {
    /// Attempts a minute from one client address.
    var perAddress: Int
    /// Attempts a minute on one account.
    var perAccount: Int
    /// Registrations a minute from one client address.
    var registrationsPerAddress: Int
    var lockout: LoginLockout.Limits
}
