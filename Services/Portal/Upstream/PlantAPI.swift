import AsyncHTTPClient
import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1
import Storage

/// The plant's API, asked through the gateway in the visitor's name: what the visitor may see and do is decided there, and
/// gateway and plant verify this portal's tokens with every page.
///
/// Follows no redirects (they would carry the token elsewhere): `client` is made so. Answers are bounded in time and size.
struct PlantAPI: Sendable {
    static let timeout = TimeAmount.seconds(5)
    static let maximumBytes = 1024 * 1024
    /// Requests under way at once, streams aside. A page asks up to thirteen questions, and a module of the plant refuses
    /// its sixty-fifth: when many pages are fetched in one moment, they wait here for each other.
    static let maximumUnderWay = 24

    let client: HTTPClient
    /// `PLANT_GATEWAY_URL`, without a trailing slash.
    let gatewayURL: String
    let permissionCache = PermissionCache()
    private let places = Lending(Array(0..<maximumUnderWay))

    /// What identifies the sender of a change.
    struct Change: Sendable, Equatable {
        /// `Idempotency-Key`: the same key with the same content is done once.
        var key: String?
        /// `If-Match`, as the plant told it in `ETag`.
        var expectedTag: String?

        init(key: String? = nil, expectedTag: String? = nil) {
            self.key = key
            self.expectedTag = expectedTag
        }
    }

    func get<Answer: Decodable & Sendable>(
        _ path: PlantPath, as type: Answer.Type = Answer.self, for visitor: Visitor
    ) async throws(PlantFailure) -> Answer {
        try Self.decode(type, await send(.GET, path, nil, .init(), visitor))
    }

    func post<Answer: Decodable & Sendable>(
        _ path: PlantPath, _ body: some Encodable & Sendable, _ change: Change, as type: Answer.Type = Answer.self,
        for visitor: Visitor
    ) async throws(PlantFailure) -> Answer {
        try Self.decode(type, await send(.POST, path, Self.encode(body), change, visitor))
    }

    /// Where the answer is not needed.
    func post(
        _ path: PlantPath, _ body: some Encodable & Sendable, _ change: Change, for visitor: Visitor
    ) async throws(PlantFailure) {
        _ = try await send(.POST, path, Self.encode(body), change, visitor)
    }

    func put<Answer: Decodable & Sendable>(
        _ path: PlantPath, _ body: some Encodable & Sendable, _ change: Change, as type: Answer.Type = Answer.self,
        for visitor: Visitor
    ) async throws(PlantFailure) -> Answer {
        try Self.decode(type, await send(.PUT, path, Self.encode(body), change, visitor))
    }

    /// A merge patch (RFC 7396).
    func patch<Answer: Decodable & Sendable>(
        _ path: PlantPath, _ body: some Encodable & Sendable, _ change: Change, as type: Answer.Type = Answer.self,
        for visitor: Visitor
    ) async throws(PlantFailure) -> Answer {
        try Self.decode(type, await send(.PATCH, path, Self.encode(body), change, visitor))
    }

    func delete(_ path: PlantPath, _ change: Change, for visitor: Visitor) async throws(PlantFailure) {
        _ = try await send(.DELETE, path, nil, change, visitor)
    }

    /// The request that all of them make; streams too (`FarmEventSource`).
    func request(_ method: HTTPMethod, _ path: PlantPath, _ visitor: Visitor) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: gatewayURL + path.text)
        request.method = method
        request.headers.add(name: "Authorization", value: "Bearer \(visitor.accessToken)")
        request.headers.add(name: "X-Request-Id", value: visitor.requestID)
        request.headers.add(name: "User-Agent", value: "lockstep-portal")
        return request
    }

    private func send(
        _ method: HTTPMethod, _ path: PlantPath, _ body: ByteBuffer?, _ change: Change, _ visitor: Visitor
    ) async throws(PlantFailure) -> ByteBuffer {
        var request = request(method, path, visitor)
        request.headers.add(name: "Accept", value: "application/json, application/problem+json")
        if let key = change.key { request.headers.add(name: "Idempotency-Key", value: key) }
        if let tag = change.expectedTag { request.headers.add(name: "If-Match", value: tag) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(body)
        }
        // The time before a place is free counts: where the plant hangs, those who wait hear of it as soon as the first.
        let deadline = NIODeadline.now() + Self.timeout
        let response: HTTPClientResponse
        let bytes: ByteBuffer
        do {
            let place = try await places.borrow()
            defer { places.giveBack(place) }
            response = try await client.execute(request, deadline: deadline)
            bytes = try await response.body.collect(upTo: Self.maximumBytes)
        } catch is NIOTooManyBytesError {
            throw .unreadable
        } catch {
            throw .unreachable
        }
        guard (200...299).contains(response.status.code) else { throw Self.failure(response, bytes) }
        return bytes
    }

    /// What an answer that is no success means.
    static func failure(_ response: HTTPClientResponse, _ body: ByteBuffer) -> PlantFailure {
        PlantFailure(
            status: Int(response.status.code),
            retryAfter: response.headers.first(name: "Retry-After").flatMap(Int.init),
            problem: try? JSONDecoder().decode(PlantProblem.self, from: Data(body.readableBytesView)))
    }

    private static func decode<Answer: Decodable>(
        _ type: Answer.Type, _ bytes: ByteBuffer
    ) throws(PlantFailure) -> Answer {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes.readableBytesView))
        } catch {
            throw .unreadable
        }
    }

    private static func encode(_ body: some Encodable) throws(PlantFailure) -> ByteBuffer {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            return ByteBuffer(bytes: try encoder.encode(body))
        } catch {
            // Texts and finite numbers alone are sent.
            throw .invalid(detail: "", fields: [:])
        }
    }
}
