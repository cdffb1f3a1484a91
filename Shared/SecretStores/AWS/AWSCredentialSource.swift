import Secrets

/// Where credentials for AWS may come from, in the order in which AWS's SDKs look: the first that is configured is the
/// one, and its trouble is not papered over by the next.
///
/// 1. the environment: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`;
/// 2. web identity (EKS): `AWS_WEB_IDENTITY_TOKEN_FILE`, `AWS_ROLE_ARN`, `AWS_ROLE_SESSION_NAME`;
/// 3. a profile: `AWS_PROFILE` (default `default`) in `AWS_SHARED_CREDENTIALS_FILE` (`~/.aws/credentials`) and
///    `AWS_CONFIG_FILE` (`~/.aws/config`);
/// 4. the container (ECS, EKS pod identity): `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` or `_FULL_URI`, with
///    `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE` or `AWS_CONTAINER_AUTHORIZATION_TOKEN`;
/// 5. the instance (EC2), unless `AWS_EC2_METADATA_DISABLED` is `true`; `AWS_EC2_METADATA_SERVICE_ENDPOINT`.
enum AWSCredentialSource: Sendable, Hashable {
    case environment(AWSCredentials)
    case webIdentity(AWSWebIdentity)
    case profile(AWSProfile)
    case container(AWSContainerEndpoint)
    case instance(AWSInstanceMetadata)

    /// Reads settings alone, no file and no network; an empty variable counts as none.
    static func plan(region: String, variables: [String: String]) throws(AWSFault) -> [AWSCredentialSource] {
        func setting(_ name: String) -> String? { variables[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let credentials = try AWSEnvironmentCredentials.read(setting) { return [.environment(credentials)] }
        if let identity = try AWSWebIdentity(region: region, variables: variables) { return [.webIdentity(identity)] }
        var sources: [AWSCredentialSource] = []
        if let profile = AWSProfile(setting) {
            sources.append(.profile(profile))
            if profile.isNamed { return sources }
        }
        if let container = try AWSContainerEndpoint(setting) { return sources + [.container(container)] }
        if setting("AWS_EC2_METADATA_DISABLED")?.lowercased() != "true" {
            sources.append(.instance(try AWSInstanceMetadata(setting)))
        }
        return sources
    }

    /// - Returns: nil where this source turns out to have none (the default profile is in no file).
    func load(_ exchange: AWSCredentialExchange) async throws(AWSFault) -> AWSCredentials? {
        switch self {
        case .environment(let credentials): credentials
        case .webIdentity(let identity): try await identity.load(exchange)
        case .profile(let profile): try await profile.load()
        case .container(let container): try await container.load(exchange)
        case .instance(let instance): try await instance.load(exchange)
        }
    }
}

/// Keys that stand in variables themselves.
enum AWSEnvironmentCredentials {
    static func read(_ setting: (String) -> String?) throws(AWSFault) -> AWSCredentials? {
        switch (setting("AWS_ACCESS_KEY_ID"), setting("AWS_SECRET_ACCESS_KEY")) {
        case (nil, nil): return nil
        case (let id?, let key?):
            return AWSCredentials(
                accessKeyID: id, secretAccessKey: .init(utf8: key),
                sessionToken: setting("AWS_SESSION_TOKEN").map { .init(utf8: $0) }, expiresAt: nil)
        default:
            throw .noCredentials(reason: "of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY only one is set")
        }
    }
}
