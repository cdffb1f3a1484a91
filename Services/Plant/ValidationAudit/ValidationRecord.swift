/// What is kept of one answer of `/api/v1/auth/validate`. No token, no email: who asked is found by the subject.
struct ValidationRecord: Sendable, Equatable {
    /// Where the token was taken from.
    enum TokenSource: String, Sendable {
        case authorization
        /// `X-Original-Authorization` under a gateway's assertion.
        case assertedOriginal = "asserted_original"
        /// `X-Original-Authorization` by configuration alone.
        case trustedOriginal = "trusted_original"
        case none
    }

    var id: String
    /// Seconds since the epoch.
    var at: Int64
    var requestID: String
    /// `valid` or the refusal's code.
    var outcome: String
    var tokenSource: TokenSource
    var subject: String?
    var issuer: String?
    var kid: String?
    var customerID: String?
}
