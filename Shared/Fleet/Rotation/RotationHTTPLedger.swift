package import AsyncHTTPClient
import Contracts
import FoundationEssentials
package import HTTPKit
import NIOCore
import NIOHTTP1

/// The keeper's rotation endpoints over HTTP: five seconds, bounded answers; the driver's next turn is the retry.
package struct RotationHTTPLedger: Sendable {
    package static let recordPath = "/internal/v1/rotation"
    package static let leasePath = "/internal/v1/rotation/lease"
    static let tablePath = "/internal/v1/fleet"
    /// Who gives a lease back shows its token here.
    package static let leaseHeader = "Lockstep-Lease"

    private let client: HTTPClient
    private let url: String
    private let internalToken: InternalToken

    /// - Parameters:
    ///   - client: one that follows no redirect: the internal token goes to nobody else.
    ///   - url: the keeper's, without trailing slash.
    package init(client: HTTPClient, url: String, internalToken: InternalToken) {
        self.client = client
        self.url = url
        self.internalToken = internalToken
    }

    package var ledger: RotationLedger {
        RotationLedger(
            label: url,
            table: { () throws(RotationFault) in
                try decode(FleetTable.self, try await send(.GET, Self.tablePath, limit: 64 * 1024 * 1024))
            },
            record: { () throws(RotationFault) in
                let answer = try await send(.GET, Self.recordPath)
                return answer.isEmpty ? nil : try decode(RotationRecord.self, answer)
            },
            put: { record, token throws(RotationFault) in
                _ = try await send(.PUT, Self.recordPath, body: try encode(record), lease: token)
            },
            lease: { request throws(RotationFault) in
                try decode(RotationLease.self, try await send(.POST, Self.leasePath, body: try encode(request)))
            },
            release: { token throws(RotationFault) in
                _ = try await send(.DELETE, Self.leasePath, lease: token)
            })
    }

    private func encode(_ value: some Encodable) throws(RotationFault) -> Data {
        guard let data = try? JSONEncoder().encode(value) else { throw .refused("the request can't be written") }
        return data
    }

    private func decode<T: Decodable>(_ type: T.Type, _ bytes: [UInt8]) throws(RotationFault) -> T {
        guard let value = try? JSONDecoder().decode(type, from: Data(bytes)) else {
            throw .unavailable(
                "the fleet keeper at \(url) gives an answer that is none of ours; is it a platform portal?")
        }
        return value
    }

    private func send(
        _ method: HTTPMethod, _ path: String, body: Data? = nil, lease: String? = nil, limit: Int = 65_536
    ) async throws(RotationFault) -> [UInt8] {
        var request = HTTPClientRequest(url: url + path)
        request.method = method
        request.headers.add(name: "Authorization", value: internalToken.authorization)
        if let lease { request.headers.add(name: Self.leaseHeader, value: lease) }
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(body)
        }
        let status: UInt
        let bytes: [UInt8]
        do {
            let response = try await client.execute(request, timeout: .seconds(5))
            status = response.status.code
            bytes = Array(try await response.body.collect(upTo: limit).readableBytesView)
        } catch {
            throw .unavailable("the fleet keeper at \(url) does not answer")
        }
        switch status {
        case 200...299: return bytes
        case 401, 403:
            throw .refused(
                "the fleet keeper at \(url) refuses the internal token: give LOCKSTEP_INTERNAL_TOKEN its value")
        case 404: throw .refused("\(url) keeps no fleet: --portal must name a platform portal of this version")
        case 409: throw .held(detail(bytes) ?? "somebody else rotates")
        case 412: throw .leaseLost
        case 429, 500...599: throw .unavailable("the fleet keeper at \(url) answers \(status)")
        default: throw .refused("the fleet keeper at \(url) answers \(status): \(detail(bytes) ?? "no detail")")
        }
    }

    private func detail(_ bytes: [UInt8]) -> String? {
        let text = try? JSONDecoder().decode(Problem.self, from: Data(bytes)).detail
        return text.map {
            String($0.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(400).map(Character.init))
        }
    }
}
