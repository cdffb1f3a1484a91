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

    /// Calls that AWS answers with throttling are made again, after a pause each.
    private static let attempts = 4

    /// - Returns: what AWS answered with 200; a JSON object.
    func call(_ operation: String, _ body: AWSRequestBody) async throws(AWSFault) -> StrictJSON {
        let bytes = body.bytes
        var attempt = 1
        var renewed = false
        while true {
            let used = try await credentials.credentials()
            do throws(AWSFault) {
                return try await once(operation, bytes, used)
            } catch {
                switch error.kind {
                case .throttled where attempt < Self.attempts: await surroundings.pause(attempt)
                case .expiredCredentials where !renewed && used.expiresAt != nil:
                    renewed = true
                    await credentials.forget()
                default: throw error
                }
                attempt += 1
            }
        }
    }

    private func once(_ operation: String, _ body: [UInt8], _ used: AWSCredentials) async throws(AWSFault) -> StrictJSON {
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
