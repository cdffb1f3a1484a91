import Contracts
import Fleet
import Foundation
import HTTPTypes
import HummingbirdTesting

@testable import Portal

/// Speaks to a keeper's rotation endpoints as a rotation does; `authorization` may be anybody's.
struct KeeperClient: Sendable {
    static let internalToken = "internal-token-internal-token-internal"
    static let record = RotationHTTPLedger.recordPath
    static let lease = RotationHTTPLedger.leasePath

    let client: Client
    var authorization: String? = "Bearer " + KeeperClient.internalToken

    static func sample(_ id: String = "r-1", phase: String = "begun", endedAt: Int64? = nil) -> RotationRecord {
        RotationRecord(
            id: id, store: "aws eu-central-1 jwt", phase: phase, fromKid: "k-old", toKid: "k-new",
            beganAt: 1_800_000_000, endedAt: endedAt, by: "ada on desk", longestToken: 900, leeway: 60)
    }

    static func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, lease: String? = nil, body: String? = nil
    ) async throws -> TestResponse {
        var headers: HTTPFields = [:]
        headers[.authorization] = authorization
        if body != nil { headers[.contentType] = "application/json" }
        if let lease, let name = HTTPField.Name(RotationHTTPLedger.leaseHeader) { headers[name] = lease }
        return try await client.send(method, path, headers: headers, body: body)
    }

    func ask(_ holder: String, seconds: Int64 = 20, token: String? = nil) async throws -> TestResponse {
        try await send(
            .post, Self.lease,
            body: Self.json(RotationLeaseRequest(holder: holder, seconds: seconds, token: token)))
    }

    func put(_ record: RotationRecord, lease: String?) async throws -> TestResponse {
        try await send(.put, Self.record, lease: lease, body: Self.json(record))
    }

    func release(_ token: String?) async throws -> TestResponse {
        try await send(.delete, Self.lease, lease: token)
    }

    /// Nil where nothing is remembered.
    func record() async throws -> RotationRecord? {
        let answer = try await send(.get, Self.record)
        return answer.status == .noContent ? nil : try answer.json()
    }

    func history() async throws -> [RotationRecord] {
        try await send(.get, Self.record + "/history").json([String: [RotationRecord]].self)["data"] ?? []
    }
}
