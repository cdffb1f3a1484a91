import Glibc

/// `healthcheck`: asks the service on this machine for `/health`, or `/ready`. A container image needs no curl for it.
package enum HealthProbe {
    /// Whether `GET http://host:port` with the question's path answered 200 within the time.
    /// - Parameters:
    ///   - host: what the service listens on; a wildcard means this machine's loopback address.
    ///   - timeoutSeconds: for each of connecting, sending and receiving.
    static func isHealthy(
        host: String, port: Int, question: HealthQuestion = .alive, timeoutSeconds: Int = 3
    ) -> Bool {
        let address = target(for: host)
        guard let descriptor = connect(to: address, port: port, timeoutSeconds: timeoutSeconds) else { return false }
        defer { close(descriptor) }
        let authority = address.contains(":") ? "[\(address)]" : address
        let text = "GET \(question.rawValue) HTTP/1.1\r\nHost: \(authority):\(port)\r\nConnection: close\r\n\r\n"
        let request = Array(text.utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            return false
        }
        // "HTTP/1.1 200": twelve bytes tell.
        var head: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64)
        while head.count < 12 {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { return false }
            head.append(contentsOf: chunk[..<count])
        }
        return head.starts(with: Array("HTTP/1.".utf8)) && Array(head[8..<12]) == Array(" 200".utf8)
    }

    /// Where on this machine a service is found that listens there.
    package static func target(for host: String) -> String {
        switch host {
        case "", "0.0.0.0": "127.0.0.1"
        case "::", "[::]": "::1"
        default: host
        }
    }

    private static func connect(to host: String, port: Int, timeoutSeconds: Int) -> CInt? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0 else { return nil }
        defer { freeaddrinfo(list) }
        var candidate = list
        while let info = candidate?.pointee {
            candidate = info.ai_next
            let descriptor = socket(info.ai_family, info.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), info.ai_protocol)
            guard descriptor >= 0 else { continue }
            // On Linux the send timeout bounds connect(2) too.
            var timeout = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
            let size = socklen_t(MemoryLayout<timeval>.size)
            setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, size)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, size)
            if Glibc.connect(descriptor, info.ai_addr, info.ai_addrlen) == 0 { return descriptor }
            close(descriptor)
        }
        return nil
    }
}
