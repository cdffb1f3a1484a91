import HTTP1
package import HTTPKit

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
    ///   - peer: the socket's address.
    ///   - isTrusted: whether `peer` is one of `trusted`; known per connection.
    ///   - proto: of the connection.
    package init(
        _ request: ReceivedRequest, peer: String, isTrusted: Bool, trusted: TrustedProxies, proto: String = "http"
    ) {
        let authority = request.fields.first(.host).map(request.value) ?? ""
        self.peer = peer
        guard isTrusted else {
            client = peer
            self.proto = proto
            host = authority
            return
        }
        client = trusted.client(peer: peer, forwardedFor: request.values(of: .xForwardedFor))
        let scheme = request.lone(.xForwardedProto)
        self.proto = scheme == "https" || scheme == "http" ? scheme ?? proto : proto
        host = request.lone(.xForwardedHost).flatMap { Self.isAuthority($0) ? $0 : nil } ?? authority
    }

    /// RFC 7239 §4; IPv6 addresses bracketed and quoted (§6).
    package func write(to output: inout HeadBuffer) {
        output.writeStaticString("Forwarded: ")
        Self.writeNode(client, to: &output)
        if !host.isEmpty {
            output.writeStaticString(";host=\"")
            output.writeString(host)
            output.writeStaticString("\"")
        }
        output.writeStaticString(";proto=")
        output.writeString(proto)
        if client != peer {
            output.writeStaticString(", ")
            Self.writeNode(peer, to: &output)
        }
        output.writeStaticString("\r\nX-Forwarded-For: ")
        output.writeString(client)
        if client != peer {
            output.writeStaticString(", ")
            output.writeString(peer)
        }
        output.writeStaticString("\r\nX-Forwarded-Proto: ")
        output.writeString(proto)
        output.writeStaticString("\r\n")
        if !host.isEmpty { output.writeLine("X-Forwarded-Host", host) }
    }

    private static func writeNode(_ address: String, to output: inout HeadBuffer) {
        let isV6 = address.utf8.contains(UInt8(ascii: ":"))
        // RFC 7239 §6.3: a name that is no address begins with an underscore.
        let isName = address == TrustedProxies.unixPeer
        output.writeStaticString(isV6 ? "for=\"[" : isName ? "for=_" : "for=")
        output.writeString(address)
        if isV6 { output.writeStaticString("]\"") }
    }

    private static func isAuthority(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 255
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }
}
