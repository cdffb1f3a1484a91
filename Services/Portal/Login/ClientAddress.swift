import Glibc

/// Where a request came from, as the rate limits and the audit trail name it.
struct ClientAddress: Sendable, Hashable {
    /// For the audit trail.
    let text: String
    /// What is counted together: an IPv4 address, or the /64 of an IPv6 one, since whoever has one has all of it.
    let limitKey: String

    /// - Parameter text: an IP address, or what stands in for one.
    init(_ text: String) {
        self.text = text
        var bytes = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, text, &bytes) == 1 else {
            limitKey = text
            return
        }
        // ::ffff:a.b.c.d (RFC 4291 §2.5.5.2): on a dual-stack socket, every IPv4 client; not one network.
        let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        limitKey = isMapped ? text : bytes.prefix(8).map { String($0, radix: 16) }.joined(separator: ":") + "/64"
    }
}
