/// Where a private key lies that never leaves its key management service.
package enum KMSReference: Sendable, Hashable, CustomStringConvertible {
    /// `aws-kms://REGION/KEY`: a key's id or ARN, or `alias/NAME`.
    case aws(region: String, key: String)
    /// `gcp-kms://PROJECT/LOCATION/RING/KEY/VERSION`
    case gcp(project: String, location: String, ring: String, key: String, version: String)

    /// Nil for any other text.
    package init?(_ text: String) {
        guard let separator = text.firstRange(of: "://"), text.utf8.count <= 1024,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C && $0 != 0x3F && $0 != 0x23 })
        else { return nil }
        let rest = text[separator.upperBound...]
        switch text[..<separator.lowerBound] {
        case "aws-kms":
            guard let slash = rest.firstIndex(of: "/"), slash != rest.startIndex else { return nil }
            let key = rest[rest.index(after: slash)...]
            guard !key.isEmpty else { return nil }
            self = .aws(region: String(rest[..<slash]), key: String(key))
        case "gcp-kms":
            let parts = rest.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 5, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
            self = .gcp(project: parts[0], location: parts[1], ring: parts[2], key: parts[3], version: parts[4])
        default: return nil
        }
    }

    package var description: String {
        switch self {
        case .aws(let region, let key): "aws-kms://\(region)/\(key)"
        case .gcp(let project, let location, let ring, let key, let version):
            "gcp-kms://\(project)/\(location)/\(ring)/\(key)/\(version)"
        }
    }
}
