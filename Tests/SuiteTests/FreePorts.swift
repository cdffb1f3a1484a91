import Foundation
import Synchronization

/// Ports for child processes, below the kernel's ephemeral range, so that no outgoing connection takes one
/// between the check here and the child's bind.
enum FreePorts {
    private static let next = Mutex(20_000 + Int(getpid() % 1_000) * 10)

    static func take() -> Int {
        next.withLock { port in
            repeat {
                port = port >= 32_000 ? 20_000 : port + 1
            } while !isFree(port)
            return port
        }
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
