import Glibc

/// The wall clock with the resolution that spans have.
enum SpanClock {
    /// Nanoseconds since the epoch.
    static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
