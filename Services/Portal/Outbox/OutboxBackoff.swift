/// When to try again: doubling from one second to a bound, less a random part so that replicas don't knock together.
enum OutboxBackoff {
    /// Seconds; also how long a worker sleeps at most.
    static let longest: Int64 = 30

    /// - Parameters:
    ///   - failures: how many attempts have failed, the one just now included.
    ///   - jitter: 0...1; up to half of the delay.
    ///   - longest: seconds.
    /// - Returns: seconds, 1...longest.
    static func delay(failures: Int64, jitter: Double, longest: Int64 = Self.longest) -> Int64 {
        // The shift is bounded: 2^20 seconds are past any longest.
        let full = min(longest, 1 << min(max(failures, 1) - 1, 20))
        return max(1, full - Int64(Double(full) * 0.5 * min(max(jitter, 0), 1)))
    }
}
