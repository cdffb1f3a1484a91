import AsyncHTTPClient
import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1

/// DB updates at the plant, through the gateway, with the token that the password opened in place of the session's own.
/// Never tried again: whether a statement ran that was not answered is not known.
struct StatementClient: Sendable {
    let plant: PlantAPI
    let visitor: Visitor
    let opening: DBUpdatesOpenings.Opening

    /// The plant gives up sooner (`DB_UPDATES_TIMEOUT_SECONDS`), and so does the gateway.
    static let timeout = TimeAmount.seconds(35)
    /// The plant answers a mebibyte of values at most; JSON may write each byte of it as six.
    static let maximumBytes = 8 << 20

    private struct Order: Encodable {
        let sql: String
        let confirm = true
        let maxRows: Int?
        let timeoutMilliseconds: Int?

        enum CodingKeys: String, CodingKey {
            case sql, confirm
            case maxRows = "max_rows"
            case timeoutMilliseconds = "timeout_ms"
        }
    }

    func run(_ statement: Statement) async -> StatementOutcome {
        do throws(StatementFailure) {
            var request = request(.POST, "/api/v1/admin/db/execute")
            let order = Order(
                sql: statement.sql, maxRows: statement.maximumRows,
                timeoutMilliseconds: statement.seconds.map { $0 * 1000 })
            guard let body = try? JSONEncoder().encode(order) else { throw StatementFailure.unreadable }
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
            let answer = try await send(request)
            // Kept only if it can be shown.
            guard ResultDocument(json: answer) != nil else { throw StatementFailure.unreadable }
            return .answered(answer)
        } catch {
            return .failed(error)
        }
    }

    /// JSON.
    func connection() async throws(StatementFailure) -> [UInt8] {
        try await send(request(.GET, "/api/v1/admin/db/connection-info"))
    }

    private func request(_ method: HTTPMethod, _ path: String) -> HTTPClientRequest {
        var request = plant.request(method, PlantPath(path), visitor)
        request.headers.replaceOrAdd(name: "Authorization", value: "Bearer \(opening.token)")
        request.headers.add(name: "Accept", value: "application/json, application/problem+json")
        return request
    }

    private func send(_ request: HTTPClientRequest) async throws(StatementFailure) -> [UInt8] {
        let response: HTTPClientResponse
        let body: ByteBuffer
        do {
            response = try await plant.client.execute(request, timeout: Self.timeout)
            body = try await response.body.collect(upTo: Self.maximumBytes)
        } catch is NIOTooManyBytesError {
            throw .unreadable
        } catch {
            throw .noAnswer
        }
        guard !(200...299).contains(response.status.code) else { return Array(body.readableBytesView) }
        guard let problem = try? JSONDecoder().decode(PlantProblem.self, from: Data(body.readableBytesView)) else {
            throw StatementFailure(status: Int(response.status.code), code: "unknown", detail: "")
        }
        throw StatementFailure(
            status: Int(response.status.code), code: problem.shownCode,
            detail: BoundedText.line(problem.detail ?? "", maximumBytes: 2048),
            retryAfter: response.headers.first(name: "Retry-After").flatMap(Int.init))
    }
}
