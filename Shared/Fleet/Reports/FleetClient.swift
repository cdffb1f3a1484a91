import AsyncHTTPClient
import Contracts
import FoundationEssentials
package import HTTPKit
import NIOCore
import NIOHTTP1

/// The fleet keeper over HTTP: three seconds, bounded answers, no redirect (the client's configuration), no retries: the
/// next report is the retry.
package struct FleetClient: Sendable {
    package static let reportsPath = "/internal/v1/fleet/reports"
    package static let tablePath = "/internal/v1/fleet"
    /// Of the answer with 1,000 replicas.
    private static let maximumTableBytes = 64 * 1024 * 1024

    private let client: FleetHTTP
    private let url: String
    private let internalToken: InternalToken

    /// - Parameters:
    ///   - client: a service of its own, which starts before whatever uses it.
    ///   - url: the keeper's, without trailing slash.
    package init(client: FleetHTTP, url: String, internalToken: InternalToken) {
        self.client = client
        self.url = url
        self.internalToken = internalToken
    }

    package var keeper: FleetKeeper {
        FleetKeeper(
            label: url,
            report: { report throws(FleetFault) in try await self.report(report) },
            forget: { service, instance, startedAt throws(FleetFault) in
                try await self.forget(service, instance, startedAt)
            },
            table: { () throws(FleetFault) in try await self.table() })
    }

    private func report(_ report: FleetReport) async throws(FleetFault) -> FleetReceipt {
        guard let body = try? JSONEncoder().encode(report) else {
            throw FleetFault(reason: "the report can't be written")
        }
        var request = self.request(.POST, Self.reportsPath)
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(body)
        let answer = try await send(request, limit: 16 * 1024)
        guard let receipt = try? JSONDecoder().decode(FleetReceipt.self, from: Data(answer)) else {
            throw FleetFault(reason: "the answer to a report is not a receipt")
        }
        return receipt
    }

    private func forget(_ service: String, _ instance: String, _ startedAt: Int64?) async throws(FleetFault) {
        let query = startedAt.map { "?started_at=\($0)" } ?? ""
        _ = try await send(request(.DELETE, "\(Self.reportsPath)/\(service)/\(instance)\(query)"), limit: 16 * 1024)
    }

    private func table() async throws(FleetFault) -> FleetTable {
        let answer = try await send(request(.GET, Self.tablePath), limit: Self.maximumTableBytes)
        guard let table = try? JSONDecoder().decode(FleetTable.self, from: Data(answer)) else {
            throw FleetFault(reason: "the answer is not a fleet table")
        }
        return table
    }

    private func request(_ method: HTTPMethod, _ path: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: url + path)
        request.method = method
        request.headers.add(name: "Authorization", value: internalToken.authorization)
        request.headers.add(name: "Accept", value: "application/json")
        return request
    }

    private func send(_ request: HTTPClientRequest, limit: Int) async throws(FleetFault) -> [UInt8] {
        do {
            let response = try await client.connected().execute(request, timeout: .seconds(3))
            let body = try await response.body.collect(upTo: limit)
            let bytes = Array(body.readableBytesView)
            switch response.status.code {
            case 200...299: return bytes
            case 401, 403:
                throw FleetFault(
                    reason: "internal token refused: LOCKSTEP_INTERNAL_TOKEN is not the same value at both services")
            default:
                let problem = try? JSONDecoder().decode(Problem.self, from: Data(bytes))
                throw FleetFault(
                    reason: "it answers \(response.status.code)"
                        + (problem.map { " \($0.code): \(FleetText.clean($0.detail, limit: 300))" } ?? ""))
            }
        } catch let fault as FleetFault {
            throw fault
        } catch let error as HTTPClientError {
            throw FleetFault(reason: error.shortDescription)
        } catch is NIOTooManyBytesError {
            throw FleetFault(reason: "its answer is longer than \(limit) bytes")
        } catch let error as IOError {
            throw FleetFault(reason: "no connection (errno \(error.errnoCode))")
        } catch {
            throw FleetFault(reason: "no answer (\(error))")
        }
    }
}
