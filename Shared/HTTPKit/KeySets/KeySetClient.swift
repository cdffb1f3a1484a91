package import AsyncHTTPClient
package import Logging
import NIOCore
import NIOHTTP1

/// What asking for a set brought.
package enum KeySetAnswer: Sendable, Equatable {
    /// - Parameters:
    ///   - maximumAge: seconds, where the answer says (`Cache-Control: max-age`, RFC 9111 §5.2.2.1).
    ///   - tag: its entity tag.
    case set([UInt8], maximumAge: Int64?, tag: String?)
    /// 304: what is held is what is there.
    case unchanged(maximumAge: Int64?)
    /// The text is for operators.
    case failed(String)
}

/// Fetches a JWK Set, or what says where one is: three seconds, 256 KiB, no redirect.
package struct KeySetClient: Sendable {
    package static let maximumBytes = 262_144

    let client: HTTPClient
    let logger: Logger

    /// - Parameter client: one that follows no redirect.
    package init(client: HTTPClient, logger: Logger) {
        self.client = client
        self.logger = logger
    }

    package func fetch(_ url: String, tag: String?) async -> KeySetAnswer {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "Accept", value: "application/jwk-set+json, application/json")
        if let tag { request.headers.add(name: "If-None-Match", value: tag) }
        do {
            let response = try await client.execute(request, timeout: .seconds(3), logger: logger)
            let age = Self.maximumAge(response.headers["Cache-Control"])
            switch response.status {
            case .ok:
                let body = try await response.body.collect(upTo: Self.maximumBytes)
                return .set(Array(body.readableBytesView), maximumAge: age, tag: response.headers.first(name: "ETag"))
            case .notModified where tag != nil: return .unchanged(maximumAge: age)
            default: return .failed("it answered \(response.status.code)")
            }
        } catch let error as HTTPClientError {
            return .failed(error.shortDescription)
        } catch is NIOTooManyBytesError {
            return .failed("the answer is longer than \(Self.maximumBytes) bytes")
        } catch let error as IOError {
            return .failed("no connection (errno \(error.errnoCode))")
        } catch {
            return .failed("no answer (\(error))")
        }
    }

    /// The first `max-age` of the lines; `no-store` and `no-cache` count as 0.
    static func maximumAge(_ lines: [String]) -> Int64? {
        let directives = lines.flatMap { $0.lowercased().split(separator: ",") }
            .map { $0.split(separator: " ").joined() }
        if directives.contains("no-store") || directives.contains("no-cache") { return 0 }
        return directives.lazy.compactMap { directive -> Int64? in
            guard directive.hasPrefix("max-age=") else { return nil }
            return Int64(directive.dropFirst("max-age=".count).filter { $0 != "\"" })
        }.first
    }
}
