/// Asks an endpoint that hands out credentials.
struct AWSCredentialExchange: Sendable {
    let http: AWSHTTP

    /// - Parameter place: as reasons name it.
    /// - Returns: the body of a 200.
    func fetch(
        _ method: String, _ url: String, headers: [(name: String, value: String)], body: [UInt8] = [],
        from place: String
    ) async throws(AWSFault) -> [UInt8] {
        let response: AWSHTTP.Response
        do throws(AWSFault) {
            response = try await http.send(method, url, headers: headers, body: body)
        } catch {
            throw .unavailable(reason: "no AWS credentials: \(place) can't be reached (\(error.reason))")
        }
        switch response.status {
        case 200: return response.body
        case 400..<500:
            let code = AWSErrorCode.read(header: response.errorType, body: response.body, status: response.status)
            throw .noCredentials(reason: "no AWS credentials: \(place) refuses them (\(code))")
        default: throw .unavailable(reason: "no AWS credentials: \(place) answers \(response.status)")
        }
    }
}
