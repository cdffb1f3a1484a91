/// The address of a service, as far as it must be understood to decide whether a credential may be sent there.
struct ServiceAddress: Sendable, Hashable {
    let isEncrypted: Bool
    /// In lower case, without port; an IPv6 address without its brackets.
    let host: String
    /// `scheme://host[:port]`, without a slash at the end.
    let origin: String
    /// What stands behind, without a slash at the end; empty or beginning with one.
    let path: String

    /// - Returns: nil for what is no http or https URL, and for one with user name, query or fragment.
    init?(_ text: String) {
        guard let separator = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<separator.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = text[separator.upperBound...]
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }),
            !rest.contains(where: { "@?#".contains($0) })
        else { return nil }
        let authority = rest.prefix { $0 != "/" }
        guard let host = Self.host(of: authority) else { return nil }
        var path = rest[authority.endIndex...]
        while path.last == "/" { path = path.dropLast() }
        self.isEncrypted = scheme == "https"
        self.host = host.lowercased()
        self.origin = "\(scheme)://\(authority.lowercased())"
        self.path = String(path)
    }

    var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// Whether the host is below that domain.
    func isBelow(_ domain: String) -> Bool { host.hasSuffix("." + domain.lowercased()) }

    private static func host(of authority: Substring) -> Substring? {
        var host = authority
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<end]
            guard isPort(authority[authority.index(after: end)...]) else { return nil }
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            guard isPort(authority[colon...]) else { return nil }
        }
        return host.isEmpty ? nil : host
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.isEmpty || text.first == ":" && UInt16(text.dropFirst()) != nil
    }
}
