import Secrets
import Synchronization

/// When each key last signed an access token: a rotation waits until the last token of the old key is over.
final class SigningTimes: Sendable {
    private let times = Mutex<[KeyID: Int64]>([:])

    /// Seconds since the epoch, by kid.
    var all: [KeyID: Int64] { times.withLock { $0 } }

    func note(_ keyID: KeyID, at now: Int64) {
        times.withLock { $0[keyID] = max(now, $0[keyID] ?? now) }
    }
}
