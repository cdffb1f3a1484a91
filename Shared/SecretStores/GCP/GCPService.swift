import Secrets

/// One of Google's REST interfaces: requests with a token, and what its errors are.
struct GCPService: Sendable {
    let endpoint: ServiceAddress
    let client: StoreClient
    let session: GCPSession

    init(
        _ service: String, variables: [String: String], client: StoreClient, now: @escaping @Sendable () -> Int64
    ) throws(GCPFault) {
        let settings = try GCPSettings(service: service, variables: variables)
        endpoint = settings.endpoint
        self.client = client
        session = GCPSession(
            credential: settings.credential, quotaProject: settings.quotaProject, client: client, now: now)
    }

    /// The answer, whatever its status. A token that is not taken any more is replaced once.
    /// - Parameter path: what follows `/v1/`, encoded.
    func call(
        _ method: String, _ path: String, _ body: [UInt8] = [], isRepeatable: Bool = true
    ) async throws(GCPFault) -> StoreResponse {
        let access = try await session.access()
        let response = try await send(method, path, body, access, isRepeatable)
        guard response.status == 401, let access else { return response }
        await session.forget(access)
        return try await send(method, path, body, try await session.access(), isRepeatable)
    }

    private func send(
        _ method: String, _ path: String, _ body: [UInt8], _ access: GCPAccess?, _ isRepeatable: Bool
    ) async throws(GCPFault) -> StoreResponse {
        var headers = [(name: "Accept", value: "application/json")]
        if let access { headers.append((name: "Authorization", value: "Bearer \(access.token.exposed)")) }
        if let project = access?.quotaProject { headers.append((name: "x-goog-user-project", value: project)) }
        if !body.isEmpty { headers.append((name: "Content-Type", value: "application/json")) }
        do throws(StoreFault) {
            return try await client.send(
                StoreRequest(
                    method: method, url: "\(endpoint.origin)\(endpoint.path)/v1/\(path)", headers: headers, body: body,
                    isRepeatable: isRepeatable))
        } catch {
            throw .unavailable(reason: "Google did not answer: \(error.reason)")
        }
    }

    static func fault(_ response: StoreResponse) -> GCPFault {
        switch response.status {
        case 401: .denied(reason: "Google does not take the credentials (401)")
        case 403: .denied(reason: "Google does not let this identity do that, or it is not there (403)")
        case 429: .unavailable(reason: "Google takes no more requests now (429)")
        default: .unavailable(reason: "Google answered with status \(response.status)")
        }
    }

    /// Room for 64 KiB in base64.
    static func json(_ response: StoreResponse) throws(GCPFault) -> StrictJSON {
        guard let json = try? StrictJSON(response.body, limits: .init(bytes: 262_144)),
            json.kind(json.root) == .object
        else { throw .unavailable(reason: "the answer is not Google's: no JSON object") }
        return json
    }

    /// Google's name of an error, as `FAILED_PRECONDITION`, with its message, which is looked at and never shown.
    static func error(_ response: StoreResponse) -> (status: String, message: String) {
        guard let json = try? json(response), let error = json.member(json.root, "error"),
            json.kind(error) == .object
        else { return ("", "") }
        return (
            json.member(error, "status").flatMap(json.string) ?? "",
            json.member(error, "message").flatMap(json.string) ?? ""
        )
    }

    /// Bytes in base64 with their checksum, as members of an answer.
    /// - Throws: where the checksum is missing or wrong: such bytes are never used.
    static func bytes(
        _ json: StrictJSON, _ object: StrictJSON.Node, _ name: StaticString, checksum: StaticString
    ) throws(GCPFault) -> [UInt8] {
        let text: [UInt8]?
        if let node = json.member(object, name) { text = json.utf8(node) } else { text = [] }
        guard let bytes = text.flatMap(Base64.decode) else {
            throw .unavailable(reason: "the answer's \(name) is no base64")
        }
        try check(bytes, json, object, checksum)
        return bytes
    }

    static func check(
        _ bytes: [UInt8], _ json: StrictJSON, _ object: StrictJSON.Node, _ checksum: StaticString
    ) throws(GCPFault) {
        guard let node = json.member(object, checksum) else {
            throw .unavailable(reason: "the answer has no \(checksum) (crc32c): what it holds is not used")
        }
        // Text in JSON (int64); a number is meant as well.
        let stated = json.string(node).flatMap(Int64.init) ?? json.integer(node)
        guard stated == Int64(CRC32C.checksum(bytes)) else {
            throw .unavailable(reason: "\(checksum) (crc32c) does not fit what the answer holds: it is not used")
        }
    }
}
