/// When to try again: doubling from one second, at most thirty, less a random part so that replicas don't knock together.
enum OutboxBackoff {
    /// Seconds.
    static let longest: Int64 = 30

    /// - Parameters:
    ///   - failures: how many attempts have failed, the one just now included.
    ///   - jitter: 0...1; up to half of the delay.
    /// - Returns: seconds, 1...30.
    static func delay(failures: Int64, jitter: Double) -> Int64 {
        // The shift is bounded: 2^5 is past the longest.
        let full = min(longest, 1 << min(max(failures, 1) - 1, 5))
        return max(1, full - Int64(Double(full) * 0.5 * min(max(jitter, 0), 1)))
    }
}
