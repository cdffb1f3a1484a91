/// Where a service of AWS is reached, and what its requests must name as host.
struct AWSEndpoint: Sendable, Hashable {
    /// Without a slash at its end.
    let url: String
    /// `host` or `host:port`, as it stands in the Host header.
    let authority: String

    /// `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, or the region's own, in that order, as the SDKs do.
    /// - Parameters:
    ///   - setting: the service as that variable spells it, `SECRETS_MANAGER`.
    ///   - host: the service as its host name spells it, `secretsmanager`.
    /// - Returns: nil for what is no region (it becomes part of a host name) and for an override that is no `http` or
    ///   `https` address.
    static func of(_ host: String, setting: String, region: String, variables: [String: String]) -> AWSEndpoint? {
        guard isRegion(region) else { return nil }
        for name in ["AWS_ENDPOINT_URL_\(setting)", "AWS_ENDPOINT_URL"] {
            guard let url = variables[name], !url.isEmpty else { continue }
            return AWSEndpoint(url)
        }
        let suffix = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        return AWSEndpoint("https://\(host).\(region).\(suffix)")
    }

    /// An address of scheme, host and perhaps port, without path, query or user.
    init?(_ text: String) {
        var text = Substring(text)
        while text.last == "/" { text = text.dropLast() }
        guard let separator = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<separator.lowerBound]
        let authority = text[separator.upperBound...]
        guard scheme == "http" || scheme == "https", !authority.isEmpty, authority.utf8.allSatisfy(Self.isAuthority)
        else { return nil }
        url = String(text)
        let standard = scheme == "http" ? ":80" : ":443"
        self.authority = String(authority.hasSuffix(standard) ? authority.dropLast(standard.count) : authority)
    }

    static func isRegion(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                $0 == UInt8(ascii: "-") || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9"))
                    || ($0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z"))
            }
    }

    private static func isAuthority(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._:[]".utf8.contains(byte)
        }
    }
}
