/// Where Google's services are, and who we are there.
struct GCPSettings: Sendable {
    let endpoint: ServiceAddress
    let credential: GCPCredential
    /// The project that requests count for, whatever the credential's file says.
    let quotaProject: String?

    /// - Parameters:
    ///   - service: as in `https://SERVICE.googleapis.com`.
    ///   - variables: `CLOUDSDK_API_ENDPOINT_OVERRIDES_<SERVICE>` for another address; `GOOGLE_CLOUD_QUOTA_PROJECT`;
    ///     credentials as `GCPCredential` lists them.
    init(service: String, variables: [String: String]) throws(GCPFault) {
        func value(_ name: String) -> String? { VaultSettings.trimmed(variables[name]) }
        let credential = try GCPCredential(variables: variables)
        let setting = "CLOUDSDK_API_ENDPOINT_OVERRIDES_\(service.uppercased())"
        let text = value(setting) ?? "https://\(service).googleapis.com"
        guard let endpoint = ServiceAddress(text) else {
            throw .unavailable(reason: "\(setting) is no http or https address")
        }
        if !endpoint.isEncrypted, !endpoint.isLoopback {
            guard case .none = credential else {
                throw .denied(reason: "\(setting) is no https address: no credential is sent there")
            }
        }
        quotaProject = value("GOOGLE_CLOUD_QUOTA_PROJECT")
        guard quotaProject.map(Self.isProject) ?? true else {
            throw .unavailable(reason: "GOOGLE_CLOUD_QUOTA_PROJECT has characters that no project has")
        }
        self.endpoint = endpoint
        self.credential = credential
    }

    /// Letters, digits, hyphens, underscores; projects of a domain have `.` and `:` as well.
    static func isProject(_ text: String) -> Bool { isName(text, with: "-_.:", upTo: 128) && text.first != "." }

    static func isSecretName(_ text: String) -> Bool { isName(text, with: "-_", upTo: 255) }

    /// What may stand as one segment of a resource's path.
    static func isName(_ text: String, with others: String, upTo limit: Int) -> Bool {
        (1...limit).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: others.utf8.contains(byte)
                }
            }
    }
}
