import AsyncHTTPClient
import Contracts
import FoundationEssentials
import NIOCore
import NIOHTTP1

/// What a question to a feed brought.
enum RevocationAnswer: Sendable, Equatable {
    case page(RevocationPage)
    /// 410: the cursor is not known there.
    case gone
    /// The text is for operators.
    case failed(String)
}

/// Asks one feed: bounded answers, no redirect (the client's configuration).
struct RevocationClient: Sendable {
    static let maximumBytes = 8 * 1024 * 1024
    /// Seconds that a question stays open.
    static let wait = 20

    let client: HTTPClient
    let internalToken: InternalToken

    func ask(_ url: String, after: String?, wait: Bool) async -> RevocationAnswer {
        var query = "?wait=\(wait ? Self.wait : 0)"
        if let after { query += "&after=\(after)" }
        var request = HTTPClientRequest(url: url + RevocationPage.path + query)
        request.headers.add(name: "Authorization", value: internalToken.authorization)
        request.headers.add(name: "Accept", value: "application/json")
        do {
            let response = try await client.execute(request, timeout: .seconds(wait ? Int64(Self.wait) + 5 : 5))
            let body = try await response.body.collect(upTo: Self.maximumBytes)
            switch response.status.code {
            case 200: break
            case 410: return .gone
            case 401, 403:
                return .failed(
                    "internal token refused: LOCKSTEP_INTERNAL_TOKEN is not the same value at both services")
            case 404:
                return .failed("it tells no revocations (404): it is of an older version, or no service of this suite")
            default: return .failed("it answers \(response.status.code)")
            }
            guard let page = try? JSONDecoder().decode(RevocationPage.self, from: Data(body.readableBytesView)),
                RevocationPage.isCursor(page.next)
            else { return .failed("its answer is no page of revocations") }
            return .page(page)
        } catch let error as HTTPClientError {
            return .failed(error.shortDescription)
        } catch is NIOTooManyBytesError {
            return .failed("its answer is longer than \(Self.maximumBytes) bytes")
        } catch let error as IOError {
            return .failed("no connection (errno \(error.errnoCode))")
        } catch {
            return .failed("no answer (\(error))")
        }
    }
}
