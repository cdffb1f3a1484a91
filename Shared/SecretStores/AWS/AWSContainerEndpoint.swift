import Secrets

/// The endpoint that ECS and EKS (pod identity) give a container for its role's credentials.
struct AWSContainerEndpoint: Sendable, Hashable {
    let url: String
    /// Read again at each renewal: the platform replaces it.
    let tokenFile: String?
    let token: SecretBytes?

    init?(_ setting: (String) -> String?) throws(AWSFault) {
        if let path = setting("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            guard path.hasPrefix("/") else {
                throw .noCredentials(reason: "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with a slash")
            }
            url = "http://169.254.170.2" + path
        } else if let full = setting("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            guard Self.isAllowed(full) else {
                throw .noCredentials(
                    reason: """
                        AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or http to this machine or to ECS's or EKS's \
                        own address
                        """)
            }
            url = full
        } else {
            return nil
        }
        tokenFile = setting("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
        token = setting("AWS_CONTAINER_AUTHORIZATION_TOKEN").map { SecretBytes(utf8: $0) }
    }

    func load(_ exchange: AWSCredentialExchange) async throws(AWSFault) -> AWSCredentials {
        var headers = [("accept", "application/json")]
        if let tokenFile {
            guard case .found(let token, _) = await FileSource(path: tokenFile).read() else {
                throw .unavailable(reason: "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE can't be read")
            }
            headers.append(("authorization", try Self.header(token)))
        } else if let token {
            headers.append(("authorization", try Self.header(token)))
        }
        return try AWSCredentialDocument.read(
            try await exchange.fetch("GET", url, headers: headers, from: "the container's credential endpoint"))
    }

    /// One line, without the line end that a file may have: anything more would be another header.
    private static func header(_ token: SecretBytes) throws(AWSFault) -> String {
        var text = Substring(token.text)
        while text.last?.isNewline == true { text = text.dropLast() }
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .noCredentials(reason: "the container's authorization token is no single line of text")
        }
        return String(text)
    }

    /// Over plain http the answer could be anybody's: only addresses that never leave the machine.
    static func isAllowed(_ url: String) -> Bool {
        if url.hasPrefix("https://") { return url.utf8.count > 8 }
        guard url.hasPrefix("http://") else { return false }
        let authority = url.dropFirst(7).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@"), !authority.contains("\\") else { return false }
        let host: Substring
        if authority.hasPrefix("[") {
            host = authority.dropFirst().prefix { $0 != "]" }
        } else {
            host = authority.prefix { $0 != ":" }
        }
        if ["localhost", "169.254.170.2", "169.254.170.23", "fd00:ec2::23", "::1"].contains(host) { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
