/// What an attempt to deliver means for this message and for the rest of the queue. Pure.
struct OutboxPacing: Equatable, Sendable {
    enum Answer: Equatable, Sendable {
        /// Of HTTP.
        case status(Int)
        /// No answer: refused, timed out, unknown host.
        case unreachable
        case delivered
        /// This message will never be taken, for that reason.
        case refused(String)
        /// This message may be taken later.
        case later(String)
        /// No message would be taken now.
        case down(String)
    }

    enum Action: Equatable, Sendable {
        case delivered
        /// Will never be taken; a person has to look. The next message goes on.
        case rejected
        /// This message again after so many seconds; the next message goes on.
        case retryMessage(after: Int64)
        /// Nothing gets through: everything waits, so that a plant that comes back is not met by a stampede.
        case pauseQueue(for: Int64)
    }

    private(set) var failuresInARow: Int64 = 0
    /// Seconds between two attempts at most.
    let longest: Int64

    init(longest: Int64 = OutboxBackoff.longest) { self.longest = longest }

    /// - Parameter attempts: earlier attempts with this message.
    mutating func on(_ answer: Answer, attempts: Int64, jitter: Double) -> Action {
        switch answer {
        case .delivered, .status(200...299):
            failuresInARow = 0
            return .delivered
        case .later, .status(408), .status(500), .status(501), .status(505...599):
            failuresInARow = 0
            return .retryMessage(
                after: OutboxBackoff.delay(failures: attempts + 1, jitter: jitter, longest: longest))
        case .unreachable, .down, .status(401), .status(403), .status(404), .status(405), .status(421), .status(429),
            .status(502...504):
            // 401 and 403 are ours to mend (the internal token), not the message's fault. 404, 405 and 421 are no answers
            // of the plant: a load balancer whose plant is being replaced, or PLANT_BACKEND_URL leads elsewhere.
            return pause(jitter)
        case .refused, .status(400...499):
            failuresInARow = 0
            return .rejected
        case .status:
            // 1xx and 3xx answer nothing here, and redirects are not followed: this is not the plant.
            return pause(jitter)
        }
    }

    private mutating func pause(_ jitter: Double) -> Action {
        failuresInARow += 1
        return .pauseQueue(for: OutboxBackoff.delay(failures: failuresInARow, jitter: jitter, longest: longest))
    }
}
