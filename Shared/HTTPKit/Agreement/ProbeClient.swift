import AsyncHTTPClient
import Contracts
import FoundationEssentials
import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1

/// Asks an issuer for a probe: three seconds, 16 KiB, no redirect.
struct ProbeClient: Sendable {
    static let path = "/internal/v1/keys/probe"

    let client: HTTPClient
    let internalToken: InternalToken
    let logger: Logger

    /// - Parameter url: the issuer's, without trailing slash.
    func probe(_ url: String) async -> ProbeAnswer {
        var request = HTTPClientRequest(url: url + Self.path)
        request.headers.add(name: "Authorization", value: internalToken.authorization)
        request.headers.add(name: "Accept", value: "application/json")
        do {
            let response = try await client.execute(request, timeout: .seconds(3), logger: logger)
            let body = try await response.body.collect(upTo: 16 * 1024)
            return Self.answer(status: Int(response.status.code), body: Array(body.readableBytesView))
        } catch let error as HTTPClientError {
            return .failed(error.shortDescription)
        } catch is NIOTooManyBytesError {
            return .failed("the answer to \(Self.path) is longer than a probe")
        } catch let error as IOError {
            return .failed("no connection (errno \(error.errnoCode))")
        } catch {
            return .failed("no answer (\(error))")
        }
    }

    static func answer(status: Int, body: [UInt8]) -> ProbeAnswer {
        switch status {
        case 200:
            guard let probe = try? JSONDecoder().decode(KeyProbe.self, from: Data(body)) else {
                return .failed("the answer to \(path) is not a probe")
            }
            return .probe(probe)
        case 401, 403: return .internalTokenRefused
        default: return .failed("\(path) answered \(status)")
        }
    }

    /// Its own client: no redirects, and pooled connections that a restarted portal leaves behind are not worth keeping.
    static func makeClient() -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(3), read: .seconds(3))
        configuration.connectionPool.idleTimeout = .seconds(5)
        // A connection that fails is an observation; the next check is the retry.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
