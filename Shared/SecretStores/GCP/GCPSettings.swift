/// Where Google's services are, and who we are there.
struct GCPSettings: Sendable {
    let endpoint: ServiceAddress
    let credential: GCPCredential

    /// - Parameters:
    ///   - service: as in `https://SERVICE.googleapis.com`.
    ///   - variables: `CLOUDSDK_API_ENDPOINT_OVERRIDES_<SERVICE>` for another address; credentials as `GCPCredential`
    ///     lists them.
    init(service: String, variables: [String: String]) throws(GCPFault) {
        let credential = try GCPCredential(variables: variables)
        let setting = "CLOUDSDK_API_ENDPOINT_OVERRIDES_\(service.uppercased())"
        let text = VaultSettings.trimmed(variables[setting]) ?? "https://\(service).googleapis.com"
        guard let endpoint = ServiceAddress(text) else {
            throw .unavailable(reason: "\(setting) is no http or https address")
        }
        if !endpoint.isEncrypted, !endpoint.isLoopback {
            guard case .none = credential else {
                throw .denied(reason: "\(setting) is no https address: no credential is sent there")
            }
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
