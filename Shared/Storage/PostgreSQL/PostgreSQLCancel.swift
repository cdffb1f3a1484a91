import CPostgreSQL
import Dispatch

/// A request to end a statement. libpq sends it through a connection of its own and waits for that (until libpq 17 also
/// without TLS: it holds a number that is good for nothing else than cancelling), so it runs on a queue that may block.
struct PostgreSQLCancel: Sendable {
    nonisolated(unsafe) private let handle: OpaquePointer

    /// `PQgetCancel`'s answer; libpq allows its use on any thread.
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
