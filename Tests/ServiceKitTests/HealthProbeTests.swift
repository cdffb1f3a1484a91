import Glibc
import Testing

@testable import ServiceKit

@Suite("healthcheck")
struct HealthProbeTests {
    /// Answers one connection on a loopback socket from a thread of its own, with these bytes.
    /// - Parameter ready: in its place for `/ready`.
    private func answering(_ answer: String, ready: String? = nil) throws -> Int {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(listener >= 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                bind(listener, raw, size) == 0 && listen(listener, 1) == 0 && getsockname(listener, raw, &size) == 0
            }
        }
        try #require(isBound)
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        var thread = pthread_t()
        let context = Unmanaged.passRetained(
            Answer(listener: listener, bytes: Array(answer.utf8), ready: Array((ready ?? answer).utf8)))
        pthread_create(
            &thread, &attributes,
            { raw in
                guard let raw else { return nil }
                let answer = Unmanaged<Answer>.fromOpaque(raw).takeRetainedValue()
                let connection = accept(answer.listener, nil, nil)
                var buffer = [UInt8](repeating: 0, count: 1024)
                _ = recv(connection, &buffer, buffer.count, 0)
                let bytes = buffer.starts(with: Array("GET /ready ".utf8)) ? answer.ready : answer.bytes
                _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                close(connection)
                close(answer.listener)
                return nil
            }, context.toOpaque())
        pthread_detach(thread)
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private final class Answer {
        let listener: CInt
        let bytes: [UInt8]
        let ready: [UInt8]
        init(listener: CInt, bytes: [UInt8], ready: [UInt8]) {
            self.listener = listener
            self.bytes = bytes
            self.ready = ready
        }
    }

    @Test("200 is healthy")
    func healthy() throws {
        let port = try answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        #expect(HealthProbe.isHealthy(host: "0.0.0.0", port: port))
    }

    @Test(
        "anything else is not",
        arguments: ["HTTP/1.1 503 Service Unavailable\r\n\r\n", "SSH-2.0-x y z 200\r\n", "", "HTTP/1.1 20"])
    func unhealthy(_ answer: String) throws {
        let port = try answering(answer)
        #expect(!HealthProbe.isHealthy(host: "127.0.0.1", port: port))
    }

    @Test("who is alive and not ready is told apart")
    func readiness() throws {
        let ok = "HTTP/1.1 200 OK\r\n\r\n"
        let no = "HTTP/1.1 503 Service Unavailable\r\n\r\n"
        #expect(HealthProbe.isHealthy(host: "127.0.0.1", port: try answering(ok, ready: no)))
        #expect(!HealthProbe.isHealthy(host: "127.0.0.1", port: try answering(ok, ready: no), question: .ready))
        #expect(HealthProbe.isHealthy(host: "127.0.0.1", port: try answering(no, ready: ok), question: .ready))
    }

    @Test("nobody listening is not healthy")
    func nobody() throws {
        // The port was free a moment ago, and its listener is gone after one connection.
        let port = try answering("")
        _ = HealthProbe.isHealthy(host: "127.0.0.1", port: port)
        #expect(!HealthProbe.isHealthy(host: "127.0.0.1", port: port))
    }

    @Test(
        "a wildcard address is asked on loopback",
        arguments: [("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("", "127.0.0.1"), ("10.0.0.7", "10.0.0.7")])
    func wildcard(_ host: String, _ expected: String) {
        #expect(HealthProbe.target(for: host) == expected)
    }
}
