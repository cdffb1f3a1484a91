import CPostgreSQL
import Dispatch

/// A request to end a statement. libpq sends it through a connection of its own and waits for that (until libpq 17 also
/// without TLS: it holds a number that is good for nothing else than cancelling), so it runs on a queue that may block.
struct PostgreSQLCancel: Sendable {
    /// Invariant: libpq allows a `PGcancel` on any thread; it is used once, by `send()`, which frees it.
    nonisolated(unsafe) private let handle: OpaquePointer

    /// - Parameter handle: `PQgetCancel`'s answer.
    init(owning handle: OpaquePointer) { self.handle = handle }

    /// Whether it arrived or not, the statement has a deadline.
    func send() {
        DispatchQueue.global().async {
            var reason = [CChar](repeating: 0, count: 256)
            _ = PQcancel(handle, &reason, Int32(reason.count))
            PQfreeCancel(handle)
        }
    }
}
