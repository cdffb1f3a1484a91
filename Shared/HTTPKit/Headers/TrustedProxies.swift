package import ServiceKit

/// Whose word about the client's address counts (`TRUSTED_PROXIES`).
package struct TrustedProxies: Sendable, Equatable {
    package static let none = TrustedProxies(networks: [])

    /// What a peer is called that came by a Unix socket, and the entry that trusts all of those.
    package static let unixPeer = "unix"

    private let networks: [IPNetwork]
    private let trustsUnixPeers: Bool

    private init(networks: [IPNetwork], trustsUnixPeers: Bool = false) {
        self.networks = networks
        self.trustsUnixPeers = trustsUnixPeers
    }

    /// Keys: `TRUSTED_PROXIES` (addresses and CIDR networks, separated by commas; default none).
    /// - Parameter servesUnixPeers: whether `unix` may be an entry: it would do nothing in a service that listens on no
    ///   Unix socket.
    package init(reader: SettingsReader, servesUnixPeers: Bool = false) {
        var networks: [IPNetwork] = []
        var trustsUnixPeers = false
        for entry in reader.list("TRUSTED_PROXIES") {
            if servesUnixPeers, entry == Self.unixPeer {
                trustsUnixPeers = true
            } else if let network = IPNetwork(entry) {
                networks.append(network)
            } else {
                reader.fault(
                    "TRUSTED_PROXIES", "has an entry that is no address or network.",
                    mend: "List addresses such as 10.0.0.7 and networks such as 10.0.0.0/8 or fd00::/8.")
            }
        }
        self.networks = networks
        self.trustsUnixPeers = trustsUnixPeers
    }

    /// nil when an entry is no address or network, nor `unix`.
    package init?(_ entries: [String]) {
        var networks: [IPNetwork] = []
        for entry in entries where entry != Self.unixPeer {
            guard let network = IPNetwork(entry) else { return nil }
            networks.append(network)
        }
        self.networks = networks
        trustsUnixPeers = entries.contains(Self.unixPeer)
    }

    package func contains(_ address: IPAddress) -> Bool {
        networks.contains { $0.contains(address) }
    }

    /// - Parameter peer: an address, or `unix`; whatever else is nobody.
    package func trusts(_ peer: String) -> Bool {
        if peer == Self.unixPeer { return trustsUnixPeers }
        return IPAddress(peer).map(contains) ?? false
    }

    /// The client's address: of the chain that ends in the peer, the rightmost that is not a trusted proxy. What stands
    /// left of it was written by that client, and proves nothing.
    /// - Parameters:
    ///   - peer: the socket's address.
    ///   - forwardedFor: every `X-Forwarded-For` field line, in the order received.
    package func client(peer: String, forwardedFor: [String]) -> String {
        guard trusts(peer) else { return peer }
        var client = IPAddress(peer)?.description ?? peer
        let hops = forwardedFor.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
        // More hops than that are no chain of proxies.
        for hop in hops.reversed().prefix(32) {
            // An entry that is no address hides who came before: the proxy that reported it is the last one known.
            guard let address = Self.address(of: hop) else { break }
            client = address.description
            if !contains(address) { break }
        }
        return client
    }

    /// `1.2.3.4`, `1.2.3.4:80`, `2001:db8::1`, `[2001:db8::1]` and `[2001:db8::1]:80`.
    private static func address(of hop: Substring) -> IPAddress? {
        var text = hop
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return nil }
            return IPAddress(String(text[text.index(after: text.startIndex)..<end]))
        }
        if let address = IPAddress(String(text)) { return address }
        guard let colon = text.lastIndex(of: ":") else { return nil }
        return IPAddress(String(text[..<colon]))
    }
}
