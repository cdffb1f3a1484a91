import Evidence
import Foundation

/// Whether the ports are free, asked before anything is started, so that the answer names the service.
enum PortCheck {
    static func taken(_ plan: StackPlan) -> [String] {
        plan.services.flatMap { service in
            service.ports.filter { !isFree($0) }.map { port in
                "\(service.position): port \(port) of \(service.name) is in use on 127.0.0.1;"
                    + " stop what listens there, or publish another port"
            }
        }
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        // Connections of an earlier run that still linger are no reason to refuse.
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return !(result != 0 && errno == EADDRINUSE)
    }
}
