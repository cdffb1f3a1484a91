/// Where an upstream listens: scheme, host and port of an absolute http(s) URL, with an optional base path; or a Unix
/// socket.
package struct Origin: Hashable, Sendable {
    package let isTLS: Bool
    /// Of a Unix socket its path.
    package let host: String
    /// 0 for a Unix socket.
    package let port: Int
    /// Without trailing slash; empty for none.
    package let basePath: String

    /// `host[:port]` for the `Host` field; the scheme's own port is left out.
    package var authority: String {
        if isUnixSocket { return "localhost" }
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return port == (isTLS ? 443 : 80) ? name : "\(name):\(port)"
    }
    package var text: String {
        isUnixSocket ? Self.unixScheme + host : "\(isTLS ? "https" : "http")://\(authority)\(basePath)"
    }
    /// As a routes file writes it.
    package static let unixScheme = "unix:"
    package var isUnixSocket: Bool { port == 0 }

    /// - Returns: nil for what is no absolute http(s) URL, or has user info, query or fragment.
    package init?(_ url: String) {
        let rest: Substring
        if url.hasPrefix("http://") {
            isTLS = false
            rest = url.dropFirst(7)
        } else if url.hasPrefix("https://") {
            isTLS = true
            rest = url.dropFirst(8)
        } else {
            return nil
        }
        guard !rest.isEmpty, rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !rest.contains("@"),
            !rest.contains("?"), !rest.contains("#")
        else { return nil }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var path = rest[slash...]
        while path.hasSuffix("/") { path = path.dropLast() }
        basePath = String(path)
        guard let (host, port) = Self.split(rest[..<slash]) else { return nil }
        self.host = host
        self.port = port ?? (isTLS ? 443 : 80)
    }

    /// What a routes file calls an upstream: an absolute http(s) URL, or `unix:` and the absolute path of a socket.
    package init?(upstream text: String) {
        guard text.hasPrefix(Self.unixScheme) else {
            self.init(text)
            return
        }
        let path = text.dropFirst(Self.unixScheme.utf8.count)
        guard path.hasPrefix("/"), !path.hasPrefix("//"), !path.hasSuffix("/"),
            path.utf8.count <= UnixSocket.maximumPath, path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        self.init(unixSocket: String(path))
    }

    private init(unixSocket path: String) {
        isTLS = false
        host = path
        port = 0
        basePath = ""
    }

    private static func split(_ authority: Substring) -> (host: String, port: Int?)? {
        var host = authority
        var portText: Substring?
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<end]
            let behind = authority[authority.index(after: end)...]
            guard behind.isEmpty || behind.hasPrefix(":") else { return nil }
            portText = behind.isEmpty ? nil : behind.dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            portText = authority[authority.index(after: colon)...]
        }
        guard !host.isEmpty else { return nil }
        guard let portText else { return (host.lowercased(), nil) }
        guard let port = Int(portText), (1...65535).contains(port) else { return nil }
        return (host.lowercased(), port)
    }
}
