import Synchronization

/// The newest version number of each name that this process knows of.
///
/// `latest` is brought up to date some time after a write, and may name an older version meanwhile; numbers only grow, so
/// that what was seen once is not followed by what was there before it.
final class GCPSeenNumbers: Sendable {
    private let numbers = Mutex<[String: Int]>([:])

    /// - Returns: the newest that is known, this one included.
    func newest(of name: String, seeing number: Int) -> Int {
        numbers.withLock { numbers in
            let newest = max(numbers[name] ?? 0, number)
            numbers[name] = newest
            return newest
        }
    }

    /// The secret was deleted and made anew: its numbers begin again.
    func restart(_ name: String, at number: Int) { numbers.withLock { $0[name] = number } }
}
