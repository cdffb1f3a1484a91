/// A clock that only goes forward, whatever happens to the time of day.
package enum SteadySeconds {
    private static let start = ContinuousClock.now

    /// Seconds since this process first asked.
    package static let now: @Sendable () -> Int64 = { (ContinuousClock.now - start).components.seconds }
}
