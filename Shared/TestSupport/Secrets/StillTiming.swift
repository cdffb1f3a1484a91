package import Secrets
import Synchronization

extension SecretTiming {
    /// Nothing waits: pauses end at once, and no time passes in them.
    package static var still: SecretTiming {
        SecretTiming(elapsed: { .zero }, pause: { _ in try Task.checkCancellation() }, chance: { 0 })
    }

    /// Pauses end at once, and the clock is then so much later.
    package static func stepping(_ clock: SteppingClock) -> SecretTiming {
        SecretTiming(elapsed: { clock.elapsed }, pause: { try clock.pause($0) }, chance: { 0.5 })
    }
}

/// A monotonic clock that moves by the pauses that are taken on it.
package final class SteppingClock: Sendable {
    private let state = Mutex<[Duration]>([])

    package init() {}

    /// Every pause, in order.
    package var pauses: [Duration] { state.withLock { $0 } }
    package var elapsed: Duration { pauses.reduce(.zero, +) }
    package func pause(_ duration: Duration) throws {
        try Task.checkCancellation()
        state.withLock { $0.append(duration) }
    }
}
