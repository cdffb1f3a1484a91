import ServiceKit
import Synchronization

/// A wall clock that a test moves; it begins at the present, for tokens that were made with the system's.
final class MovableClock: Sendable {
    private let seconds: Mutex<Int64>

    /// - Parameter now: seconds since the epoch.
    init(startingAt now: Int64 = WallClock.system.now()) { seconds = Mutex(now) }

    var wall: WallClock { WallClock { [self] in seconds.withLock { $0 } } }
    func advance(seconds amount: Int64) { seconds.withLock { $0 += amount } }
}
