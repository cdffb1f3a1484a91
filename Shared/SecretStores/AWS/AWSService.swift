import Secrets

/// One service of AWS in one region that speaks JSON 1.1: signed POST requests, one operation each.
struct AWSService: Sendable {
    /// As the credential's scope names it: `secretsmanager`, `kms`.
    let name: String
    /// In front of the operation in `X-Amz-Target`.
    let target: String
    let region: String
    let endpoint: AWSEndpoint
    let http: AWSHTTP
    let credentials: AWSCredentialProvider
    let surroundings: AWSSurroundings

    /// - Returns: what AWS answered with 200; a JSON object.
    func call(_ operation: String, _ body: AWSRequestBody) async throws(AWSFault) -> StrictJSON {
        let bytes = body.bytes
        let used = try await credentials.credentials()
        do throws(AWSFault) {
            return try await once(operation, bytes, used)
        } catch {
            // Temporary credentials may end before their time: a role's session was revoked.
            guard error.kind == .expiredCredentials, used.expiresAt != nil else { throw error }
            await credentials.forget(used)
            return try await once(operation, bytes, try await credentials.credentials())
        }
    }

    private func once(_ operation: String, _ body: [UInt8], _ used: AWSCredentials) async throws(AWSFault) -> StrictJSON
    {
        let request = SigV4.Request(
            method: "POST", path: "/",
            headers: [
                ("host", endpoint.authority), ("content-type", "application/x-amz-json-1.1"),
                ("x-amz-target", "\(target).\(operation)"),
            ], body: body)
        let headers = SigV4(region: region, service: name).signed(request, by: used, now: surroundings.now())
        let response = try await http.send("POST", endpoint.url + "/", headers: headers, body: body)
        guard response.status == 200 else {
            throw .refused(
                code: AWSErrorCode.read(header: response.errorType, body: response.body, status: response.status),
                status: response.status)
        }
        guard let json = try? StrictJSON(response.body, limits: .init(bytes: 262_144)), json.kind(json.root) == .object
        else { throw .unavailable(reason: "AWS answered \(operation) with something that is no JSON object") }
        return json
    }
}

extension AWSService {
    /// Asks nobody yet.
    /// - Parameters:
    ///   - name: of the service in scopes and host names.
    ///   - setting: the service in `AWS_ENDPOINT_URL_<SERVICE>`.
    /// - Throws: `noCredentials` for settings that allow no call.
    static func open(
        _ name: String, target: String, setting: String, region: String, variables: [String: String],
        client: StoreClient, surroundings: AWSSurroundings
    ) throws(AWSFault) -> AWSService {
        guard AWSEndpoint.isRegion(region) else { throw .noCredentials(reason: "the region is no AWS region") }
        guard let endpoint = AWSEndpoint.of(name, setting: setting, region: region, variables: variables) else {
            throw .noCredentials(
                reason: "AWS_ENDPOINT_URL_\(setting) or AWS_ENDPOINT_URL is no http or https address")
        }
        let http = AWSHTTP(client: client)
        let provider = AWSCredentialProvider(
            sources: try AWSCredentialSource.plan(region: region, variables: variables),
            exchange: AWSCredentialExchange(http: http), now: surroundings.now)
        return AWSService(
            name: name, target: target, region: region, endpoint: endpoint, http: http, credentials: provider,
            surroundings: surroundings)
    }
}
