/// What AWS's code takes from the world: time, chance and waiting.
package struct AWSSurroundings: Sendable {
    /// Seconds since the epoch.
    package var now: @Sendable () -> Int64
    /// 32 characters that nobody has used before: what makes a retried write the same write.
    package var token: @Sendable () -> String
    /// Waits before the call after attempt N, counted from 1.
    package var pause: @Sendable (Int) async -> Void

    package init(
        now: @escaping @Sendable () -> Int64, token: @escaping @Sendable () -> String,
        pause: @escaping @Sendable (Int) async -> Void
    ) {
        self.now = now
        self.token = token
        self.pause = pause
    }

    /// Full jitter up to 0.2 s, 0.4 s, 0.8 s.
    package static let system = AWSSurroundings(
        now: EpochSeconds.now,
        token: {
            var generator = SystemRandomNumberGenerator()
            return SigV4.hex((0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
        },
        pause: { attempt in
            let longest = 100 << min(attempt, 4)
            try? await Task.sleep(for: .milliseconds(Int.random(in: 1...longest)))
        })
}
