/// The shared client as AWS's code speaks to it: its faults become ours.
struct AWSHTTP: Sendable {
    let client: StoreClient

    struct Response: Sendable {
        let status: Int
        /// Of `x-amzn-errortype`.
        let errorType: String?
        let body: [UInt8]
    }

    func send(
        _ method: String, _ url: String, headers: [(name: String, value: String)], body: [UInt8] = []
    ) async throws(AWSFault) -> Response {
        do throws(StoreFault) {
            let response = try await client.send(
                StoreRequest(
                    method: method, url: url, headers: headers, body: body, isThrottled: Self.isThrottled))
            return Response(
                status: response.status, errorType: response.header("x-amzn-errortype"), body: response.body)
        } catch {
            throw .unavailable(reason: error.reason)
        }
    }

    /// AWS throttles with a 400 and a code.
    private static func isThrottled(_ response: StoreResponse) -> Bool {
        guard response.status >= 400 else { return false }
        let code = AWSErrorCode.read(
            header: response.header("x-amzn-errortype"), body: response.body, status: response.status)
        return AWSFault.refused(code: code, status: response.status).kind == .throttled
    }
}
