import Glibc

/// The wall clock where seconds are too coarse: offsets between clocks.
package enum FleetClock {
    /// Milliseconds since the epoch.
    package static func milliseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
