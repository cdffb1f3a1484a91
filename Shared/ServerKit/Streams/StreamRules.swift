/// When a stream ends that does not end by itself, and how many there may be.
package struct StreamRules: Sendable {
    /// What a stream's guards wait for.
    package enum Wait: Sendable, Equatable {
        /// The end of the caller's token.
        case tokenEnd
        /// The next question whether the caller still may.
        case nextLook
        /// The client's taking of one piece.
        case piece
    }

    /// Open at once at this replica.
    package var maximum: Int
    package var maximumPerCaller: Int
    /// A client that takes nothing for so long is cut off: it holds a connection and gets nothing for it.
    package var patience: Duration
    /// Between looks at whether the caller's roles and customer still allow it.
    package var lookInterval: Duration
    /// Counts streams that were cut off, by `reason`.
    package var cutCounter: String
    /// Tests decide when.
    package var sleep: @Sendable (Wait, Duration) async throws -> Void

    package init(
        maximum: Int = 1000, maximumPerCaller: Int = 50, patience: Duration = .seconds(30),
        lookInterval: Duration = .seconds(15), cutCounter: String = "lockstep_streams_cut_total",
        sleep: @escaping @Sendable (Wait, Duration) async throws -> Void = { try await Task.sleep(for: $1) }
    ) {
        self.maximum = maximum
        self.maximumPerCaller = maximumPerCaller
        self.patience = patience
        self.lookInterval = lookInterval
        self.cutCounter = cutCounter
        self.sleep = sleep
    }
}

/// Why a stream was cut off; its client sees the last chunk missing.
enum StreamEnd: String, Error {
    case tokenEnded = "token_ended"
    case notAllowed = "not_allowed"
    case slowClient = "slow_client"
    case clientGone = "client_gone"
}
