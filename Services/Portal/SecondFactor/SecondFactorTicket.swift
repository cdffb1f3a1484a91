/// What a sign-in without its second factor is answered with: it opens nothing, and is traded for a session together
/// with a code.
struct SecondFactorTicket: Sendable, Equatable {
    /// Seconds.
    static let lifetime: Int64 = 300
    /// Wrong answers that it survives, less one; then the sign-in begins anew.
    static let tries: Int64 = 5

    var token: OpaqueToken
    /// Seconds since the epoch.
    var expiresAt: Int64
    /// The account has no second factor yet and must have one: with this ticket it is enrolled.
    var isForEnrolment: Bool
}
