import Foundation
import HTTPKit
import HTTPTypes
import Hummingbird
import NIOCore
import ServerKit
import ServiceKit
import Tokens

/// `POST /api/v1/auth/token`: the client credentials grant (RFC 6749 §4.4), with the errors of its §5.2, which clients of
/// OAuth read.
struct TokenRoute: Sendable {
    let grants: ClientCredentialsGrant
    let clock: WallClock

    /// RFC 6749 §5.1; there is no refresh token (§4.4.3).
    struct Document: Codable, Sendable {
        var accessToken: String
        var tokenType = "Bearer"
        /// Seconds from now.
        var expiresIn: Int64
        var scope: String?

        enum CodingKeys: String, CodingKey {
            case scope
            case accessToken = "access_token"
            case tokenType = "token_type"
            case expiresIn = "expires_in"
        }
    }

    /// RFC 6749 §5.2.
    struct ErrorDocument: Codable, Sendable, Equatable {
        var error: String
        var errorDescription: String

        enum CodingKeys: String, CodingKey {
            case error
            case errorDescription = "error_description"
        }
    }

    func add(to group: RouterGroup<AppContext>) {
        group.post("token", use: issue)
    }

    private func issue(_ request: Request, _ context: AppContext) async throws -> Response {
        let now = clock.now()
        var isBasic = request.headers[.authorization] != nil
        do {
            let asked: ClientCredentialsRequest
            do throws(ClientCredentialsRequest.Fault) {
                asked = try ClientCredentialsRequest(
                    authorization: request.headers[values: .authorization], body: try await form(request))
            } catch {
                throw ClientCredentialsGrant.Failure(error)
            }
            isBasic = asked.isBasic
            let token = try await grants.grant(
                asked, caller: Caller(context: context, headers: request.headers), now: now)
            return try JSONBody.response(
                Document(
                    accessToken: token.issued.text, expiresIn: token.issued.expiresAt - now, scope: token.scope),
                headers: [.cacheControl: "no-store"])
        } catch let failure as ClientCredentialsGrant.Failure {
            return try answer(failure, isBasic: isBasic, context)
        }
    }

    private func form(_ request: Request) async throws(ClientCredentialsRequest.Fault) -> String {
        let mediaType = request.headers[.contentType]?.split(separator: ";").first?.lowercased()
        guard mediaType == "application/x-www-form-urlencoded" else {
            throw .malformed("the body is not application/x-www-form-urlencoded")
        }
        guard let bytes = try? await request.body.collect(upTo: ClientCredentialsRequest.maximumBytes),
            let text = String(validating: bytes.readableBytesView, as: UTF8.self)
        else { throw .malformed("the body can't be read") }
        return text
    }

    private func answer(
        _ failure: ClientCredentialsGrant.Failure, isBasic: Bool, _ context: AppContext
    ) throws -> Response {
        let (status, code, description) = failure.answer
        context.notes.update { $0.code = code }
        var headers: HTTPFields = [.cacheControl: "no-store"]
        // §5.2: in the scheme that the client used; every 401 names one (RFC 9110 §15.5.2).
        if status == .unauthorized { headers[.wwwAuthenticate] = "Basic realm=\"lockstep\"" }
        if case .tooManyAttempts(let retryAfter) = failure { headers[.retryAfter] = String(retryAfter) }
        return try JSONBody.response(
            ErrorDocument(error: code, errorDescription: description), status: status, headers: headers)
    }
}

extension ClientCredentialsGrant.Failure {
    init(_ fault: ClientCredentialsRequest.Fault) {
        switch fault {
        case .malformed(let reason): self = .invalidRequest(reason)
        case .unsupportedGrant: self = .unsupportedGrant
        case .noClient: self = .invalidClient
        }
    }

    /// Status, `error` and `error_description`.
    var answer: (HTTPResponse.Status, String, String) {
        switch self {
        case .invalidRequest(let reason): (.badRequest, "invalid_request", reason)
        case .unsupportedGrant: (.badRequest, "unsupported_grant_type", "only client_credentials is served here")
        case .invalidClient: (.unauthorized, "invalid_client", "the client or its secret is wrong")
        case .invalidScope: (.badRequest, "invalid_scope", "the client has not all of these scopes")
        case .tooManyAttempts: (.tooManyRequests, "temporarily_unavailable", "too many attempts")
        }
    }
}
