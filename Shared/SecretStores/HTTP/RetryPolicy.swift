/// Whether and when to ask again: pure. Full jitter (a random part of a doubling pause), so that a fleet whose store comes
/// back does not ask in step; one deadline over all attempts.
struct RetryPolicy: Sendable {
    enum Outcome: Sendable, Equatable {
        /// No connection, or none that lasted.
        case unreachable
        /// - Parameter retryAfter: seconds, where the answer says (RFC 9110 §10.2.3).
        case answered(status: Int, isThrottled: Bool, retryAfter: Int64?)
    }

    enum Decision: Sendable, Equatable {
        case accept
        case pause(Duration)
        case giveUp
    }

    var attempts = 4
    var firstPause = Duration.milliseconds(100)
    var longestPause = Duration.seconds(2)

    /// - Parameters:
    ///   - attempt: the one that had this outcome; the first is 1.
    ///   - left: of the deadline.
    ///   - random: 0 to 1.
    func decide(
        _ outcome: Outcome, attempt: Int, left: Duration, isRepeatable: Bool, random: Double
    ) -> Decision {
        var wait = min(firstPause * (1 << min(attempt - 1, 10)), longestPause) * random
        switch outcome {
        case .unreachable: guard isRepeatable else { return .giveUp }
        case .answered(let status, let isThrottled, let retryAfter):
            // What was throttled was not done, so that it may be asked for again whatever it was.
            let isPatienceAsked = status == 429 || isThrottled
            guard isPatienceAsked || (500...599).contains(status) && status != 501 && isRepeatable else {
                return .accept
            }
            if let retryAfter { wait = max(wait, .seconds(retryAfter)) }
        }
        guard attempt < attempts, wait < left else { return .giveUp }
        return .pause(wait)
    }
}
