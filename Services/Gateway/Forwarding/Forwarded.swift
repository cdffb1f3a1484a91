package import HTTPKit
package import NIOHTTP1

/// Who sent the request, and how it came in: what `Forwarded` (RFC 7239) and `X-Forwarded-*` say to the upstream.
/// Both are always made anew. `X-Forwarded-*` of the peer is believed if the peer is one of `TRUSTED_PROXIES`; a
/// `Forwarded` from outside is never believed, so that there is one source and not two that may differ.
package struct Forwarded: Equatable, Sendable {
    /// The address that counts as the client's, for rate limits and the log.
    package let client: String
    /// The socket's other end; the client itself, or the proxy nearest to this gateway.
    package let peer: String
    package let proto: String
    package let host: String

    /// - Parameters:
    ///   - headers: as received.
    ///   - peer: the socket's address.
    ///   - isTrusted: whether `peer` is one of `trusted`; known per connection.
    package init(
        headers: HTTPHeaders, peer: String, isTrusted: Bool, trusted: TrustedProxies, proto: String = "http"
    ) {
        let authority = headers.first(name: "host") ?? ""
        self.peer = peer
        guard isTrusted else {
            client = peer
            self.proto = proto
            host = authority
            return
        }
        client = trusted.client(peer: peer, forwardedFor: headers["x-forwarded-for"])
        let schemes = headers["x-forwarded-proto"]
        let hosts = headers["x-forwarded-host"]
        self.proto = schemes.count == 1 && (schemes[0] == "https" || schemes[0] == "http") ? schemes[0] : proto
        host = hosts.count == 1 && Self.isAuthority(hosts[0]) ? hosts[0] : authority
    }

    /// RFC 7239 §4; IPv6 addresses bracketed and quoted (§6).
    package var header: String {
        var text = Self.node(client)
        if !host.isEmpty { text += ";host=\"\(host)\"" }
        text += ";proto=\(proto)"
        return client == peer ? text : text + ", " + Self.node(peer)
    }

    package var forHeader: String { client == peer ? client : "\(client), \(peer)" }

    private static func node(_ address: String) -> String {
        // RFC 7239 §6.3: a name that is no address begins with an underscore.
        if address == TrustedProxies.unixPeer { return "for=_\(address)" }
        return address.utf8.contains(UInt8(ascii: ":")) ? "for=\"[\(address)]\"" : "for=\(address)"
    }

    private static func isAuthority(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 255
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }
}
