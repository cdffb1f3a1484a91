import Synchronization

/// Open connections by client, of all loops together: one client's are spread over them. Met once when a connection comes
/// and once when it goes; no request meets its lock.
final class ClientConnections: Sendable {
    private let maximum: Int
    private let open = Mutex<[String: Int]>([:])

    init(maximum: Int) { self.maximum = maximum }

    /// - Parameter address: an IPv6 network of 64 bits is one client.
    /// - Returns: whether there is room; then `leave` is owed.
    func enter(_ address: String) -> Bool {
        let client = ClientBucket.name(of: address)
        return open.withLock { open in
            let count = open[client] ?? 0
            guard count < maximum else { return false }
            open[client] = count + 1
            return true
        }
    }

    func leave(_ address: String) {
        let client = ClientBucket.name(of: address)
        open.withLock { open in
            guard let count = open[client] else { return }
            open[client] = count > 1 ? count - 1 : nil
        }
    }

    /// Clients with a connection.
    var count: Int { open.withLock { $0.count } }
}
