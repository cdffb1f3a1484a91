/// Where a secret lies in a store: the value of `JWT_SECRET_STORE`.
package enum StoreReference: Sendable, Hashable {
    /// `gcp://PROJECT/NAME[@VERSION]`
    case gcp(project: String, name: String, version: String?)
    /// `aws://REGION/NAME`; the name may hold slashes.
    case aws(region: String, name: String)
    /// `azure://VAULT/NAME`
    case azure(vault: String, name: String)
    /// `vault://MOUNT/PATH#FIELD`
    case vault(mount: String, path: String, field: String)
    /// `file:///PATH`
    case file(path: String)

    /// - Throws: `store_malformed`. The message does not repeat the text: it might be a secret in the wrong variable.
    package static func parse(_ text: String) throws(SecretError) -> StoreReference {
        if let separator = text.firstRange(of: "://"),
            let reference = parse(scheme: text[..<separator.lowerBound], rest: text[separator.upperBound...])
        {
            return reference
        }
        throw SecretError(
            code: "store_malformed",
            message: """
                JWT_SECRET_STORE is none of gcp://PROJECT/NAME[@VERSION], aws://REGION/NAME, azure://VAULT/NAME, \
                vault://MOUNT/PATH#FIELD, file:///PATH (its value is not shown, as it might be a secret). A secret \
                itself goes into JWT_SECRET.
                """)
    }

    private static func parse(scheme: Substring, rest: Substring) -> StoreReference? {
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return nil }
        if scheme == "file" {
            return rest.hasPrefix("/") && rest.count > 1 ? .file(path: String(rest)) : nil
        }
        guard let slash = rest.firstIndex(of: "/"), slash != rest.startIndex else { return nil }
        let (place, name) = (String(rest[..<slash]), rest[rest.index(after: slash)...])
        guard !name.isEmpty else { return nil }
        switch scheme {
        case "gcp":
            let parts = name.split(separator: "@", omittingEmptySubsequences: false)
            guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && !$0.contains("/") }) else { return nil }
            return .gcp(project: place, name: String(parts[0]), version: parts.count == 2 ? String(parts[1]) : nil)
        case "aws": return .aws(region: place, name: String(name))
        case "azure": return name.contains("/") ? nil : .azure(vault: place, name: String(name))
        case "vault":
            let parts = name.split(separator: "#", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
            return .vault(mount: place, path: String(parts[0]), field: String(parts[1]))
        default: return nil
        }
    }

    /// Names one version for good. `latest` and other names of versions move.
    package var isPinned: Bool {
        guard case .gcp(_, _, let version?) = self else { return false }
        return version.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// As log lines and messages name it.
    package var label: String {
        switch self {
        case .gcp(let project, let name, let version):
            "GCP Secret Manager secret \(name) of project \(project)" + (version.map { ", version \($0)" } ?? "")
        case .aws(let region, let name): "AWS Secrets Manager secret \(name) in \(region)"
        case .azure(let vault, let name): "Azure Key Vault secret \(name) in \(vault)"
        case .vault(let mount, let path, let field): "Vault secret \(mount)/\(path), field \(field)"
        case .file(let path): "file \(path) (JWT_SECRET_STORE)"
        }
    }
}
