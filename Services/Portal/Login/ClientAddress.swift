import HTTPKit

/// Where a request came from, as the rate limits and the audit trail name it.
struct ClientAddress: Sendable, Hashable {
    /// For the audit trail.
    let text: String
    /// What is counted together: an IPv4 address, or the /64 of an IPv6 one, since whoever has one has all of it.
    let limitKey: String

    /// - Parameter text: an IP address, or what stands in for one.
    init(_ text: String) {
        self.text = text
        limitKey = IPAddress(text)?.clientNetwork ?? text
    }
}
