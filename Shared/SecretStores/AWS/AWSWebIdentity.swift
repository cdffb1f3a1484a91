import Secrets

/// A role taken on with a token that the platform writes into a file (EKS: IAM roles for service accounts), through
/// STS. The call itself is not signed: the token is the proof.
struct AWSWebIdentity: Sendable, Hashable {
    let tokenFile: String
    let role: String
    let session: String
    let endpoint: AWSEndpoint

    init?(region: String, variables: [String: String]) throws(AWSFault) {
        func setting(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
        guard let file = setting("AWS_WEB_IDENTITY_TOKEN_FILE") else { return nil }
        guard let role = setting("AWS_ROLE_ARN") else {
            throw .noCredentials(reason: "AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN")
        }
        guard let endpoint = AWSEndpoint.of("sts", setting: "STS", region: region, variables: variables) else {
            throw .noCredentials(reason: "AWS_ENDPOINT_URL_STS or AWS_ENDPOINT_URL is no http or https address")
        }
        tokenFile = file
        self.role = role
        session = setting("AWS_ROLE_SESSION_NAME") ?? "lockstep"
        self.endpoint = endpoint
    }

    func load(_ exchange: AWSCredentialExchange) async throws(AWSFault) -> AWSCredentials {
        guard case .found(let token, _) = await FileSource(path: tokenFile).read(), !token.isEmpty else {
            throw .unavailable(reason: "AWS_WEB_IDENTITY_TOKEN_FILE can't be read")
        }
        let form = [
            ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role),
            ("RoleSessionName", session), ("WebIdentityToken", token.text.split(whereSeparator: \.isNewline).joined()),
        ].map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
        let answer = try await exchange.fetch(
            "POST", endpoint.url + "/",
            headers: [("content-type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: Array(form.utf8), from: "STS")
        guard let id = XMLElement.text("AccessKeyId", in: answer),
            let key = XMLElement.text("SecretAccessKey", in: answer),
            let session = XMLElement.text("SessionToken", in: answer),
            let expiry = XMLElement.text("Expiration", in: answer).flatMap(AWSTimestamp.seconds)
        else { throw .unavailable(reason: "STS answered without credentials") }
        return AWSCredentials(
            accessKeyID: id, secretAccessKey: SecretBytes(utf8: key), sessionToken: SecretBytes(utf8: session),
            expiresAt: expiry)
    }
}
