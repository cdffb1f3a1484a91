import AsyncHTTPClient
import HTTPKit
import NIOCore
import NIOHTTP1

/// Tells the plant of a registered customer: `POST {PLANT_BACKEND_URL}/internal/v1/customers` (Contracts).
struct PlantCustomers: Sendable {
    /// Follows no redirects: they would carry the internal token elsewhere.
    let client: HTTPClient
    /// `PLANT_BACKEND_URL`, without a trailing slash.
    let plantURL: String
    let internalToken: InternalToken

    private static let timeout = TimeAmount.seconds(10)

    func deliver(_ entry: OutboxEntry) async -> OutboxPacing.Answer {
        var request = HTTPClientRequest(url: plantURL + "/internal/v1/customers")
        request.method = .POST
        request.headers.add(name: "Authorization", value: internalToken.authorization)
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "X-Request-Id", value: entry.eventID)
        request.headers.add(name: "User-Agent", value: "lockstep-portal")
        request.body = .bytes(ByteBuffer(string: entry.payload))
        do {
            let response = try await client.execute(request, timeout: Self.timeout)
            // Read to the end, so that the connection can be used again; what it says is not needed.
            for try await _ in response.body {}
            return .status(Int(response.status.code))
        } catch {
            return .unreachable
        }
    }
}
