import Glibc

/// A port whose queue of connections is full: who connects is neither accepted nor refused.
final class FullListener: Sendable {
    struct Failure: Error {}

    let port: Int
    private let sockets: [Int32]

    var url: String { "http://127.0.0.1:\(port)" }

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let first = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        sockets = [listener, first]
        // As `sockaddr_in` lies in memory: family, port, 127.0.0.1.
        var address = [UInt8](repeating: 0, count: MemoryLayout<sockaddr>.size)
        withUnsafeBytes(of: UInt16(AF_INET)) { address.replaceSubrange(0..<2, with: $0) }
        address.replaceSubrange(4..<8, with: [127, 0, 0, 1])
        // Room for one, which comes at once and is never accepted.
        guard Self.with(&address, { bind(listener, $0, $1.pointee) }) == 0, listen(listener, 0) == 0,
            Self.with(&address, { getsockname(listener, $0, $1) }) == 0
        else { throw Failure() }
        port = Int(address[2]) << 8 | Int(address[3])
        guard Self.with(&address, { connect(first, $0, $1.pointee) }) == 0 else { throw Failure() }
        // Until it stands in the queue.
        var waiting = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, 30_000) == 1 else { throw Failure() }
    }

    deinit { for socket in sockets { close(socket) } }

    private static func with(
        _ address: inout [UInt8], _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> Int32 {
        var length = socklen_t(address.count)
        return address.withUnsafeMutableBytes { bytes in
            guard let start = bytes.baseAddress else { return -1 }
            return body(start.assumingMemoryBound(to: sockaddr.self), &length)
        }
    }
}
