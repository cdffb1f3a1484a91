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

    /// - Parameters:
    ///   - url: the issuer's, without trailing slash.
    ///   - kid: which key signs; nil: the current one.
    func probe(_ url: String, kid: String?) async -> ProbeAnswer {
        var request = HTTPClientRequest(url: url + Self.path + Self.query(kid))
        request.headers.add(name: "Authorization", value: internalToken.authorization)
        request.headers.add(name: "Accept", value: "application/json")
        do {
            let response = try await client.execute(request, timeout: .seconds(3), logger: logger)
            let body = try await response.body.collect(upTo: 16 * 1024)
            let status = Int(response.status.code)
            if kid != nil && status == 404 { return .noSuchKey }
            return Self.answer(status: status, body: Array(body.readableBytesView))
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

    /// A kid of a JWK may be any text.
    static func query(_ kid: String?) -> String {
        guard let kid else { return "" }
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in kid.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                encoded.append(byte)
            default:
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return "?kid=" + String(decoding: encoded, as: UTF8.self)
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
