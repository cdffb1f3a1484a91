import NIOCore

/// How long a client may still take over the body of its request: time that is used up while the gateway waits for it, and
/// earned with what it sends. A body that drips a byte now and then moves every idle deadline; here it gains nothing by it.
///
/// Time in which the gateway itself does not read, because the upstream takes no more, costs the client nothing.
struct BodyPace: Equatable {
    /// What a client is held to.
    struct Rule: Equatable, Sendable {
        /// One that takes a microsecond for each byte.
        static let maximumRate = 1_000_000

        /// Bytes per second; 0: none is asked for.
        var rate = 64
        /// Before anything has come.
        var grace = TimeAmount.seconds(10)
    }

    private let nanosecondsPerByte: Int64
    private let most: TimeAmount
    private var left: TimeAmount
    /// Since when `left` is being used up; nil while the client is not waited for.
    private var since: NIODeadline?

    /// - Parameters:
    ///   - rate: bytes per second, at least one.
    ///   - most: what can be saved up. Who begins fast may pause for so long, and not drip for hours.
    init(rate: Int, grace: TimeAmount, most: TimeAmount) {
        nanosecondsPerByte = 1_000_000_000 / Int64(max(rate, 1))
        self.most = max(most, grace)
        left = grace
    }

    /// `.distantFuture` while the client is not waited for.
    var deadline: NIODeadline { since.map { $0 + left } ?? .distantFuture }

    func isOver(_ now: NIODeadline) -> Bool { deadline <= now }

    mutating func received(_ bytes: Int, now: NIODeadline) {
        settle(now)
        // More than so many earn the most there is; it also keeps the product far from its bound.
        let counted = Int64(min(bytes, 1 << 30))
        left = min(most, left + .nanoseconds(counted * nanosecondsPerByte))
    }

    /// Whether the gateway reads.
    mutating func isWaiting(_ isWaiting: Bool, now: NIODeadline) {
        settle(now)
        since = isWaiting ? now : nil
    }

    private mutating func settle(_ now: NIODeadline) {
        guard let begin = since else { return }
        left = left - (now - begin)
        since = now
    }
}
