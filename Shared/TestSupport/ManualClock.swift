import Synchronization

/// A clock that a test moves by hand.
package final class ManualClock: Sendable {
    private let value: Mutex<Int64>
    package init(_ start: Int64 = 1_800_000_000) { value = Mutex(start) }
    package var now: Int64 { value.withLock { $0 } }
    package func advance(_ seconds: Int64) { value.withLock { $0 += seconds } }
}
