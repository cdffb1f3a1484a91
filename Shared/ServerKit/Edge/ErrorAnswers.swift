import HTTPKit
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import Secrets

/// The one place where errors become answers.
struct ErrorAnswers: RouterMiddleware {
    typealias Context = AppContext
    let environment: DeploymentEnvironment
    let logger: Logger
    let methods: MethodTable

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPParserError {
            // What arrives is no HTTP any more: the server answers 400 and closes.
            throw error
        } catch {
            let refusal = refusal(for: error, request)
            context.notes.update { notes in
                notes.code = refusal.code.rawValue
                notes.cause = refusal.cause
            }
            if refusal.code.status.kind == .serverError {
                logger.error(
                    "Request failed",
                    metadata: [
                        "code": "\(refusal.code.rawValue)", "cause": "\(refusal.cause ?? refusal.detail)",
                        "request_id": "\(context.requestID)", "path": "\(request.uri.path)",
                    ])
            }
            return answer(refusal, request, context)
        }
    }

    private func answer(_ refusal: Refusal, _ request: Request, _ context: AppContext) -> Response {
        let body = refusal.body(
            instance: request.uri.path, requestID: context.requestID, environment: environment)
        return Response(
            status: refusal.code.status, headers: refusal.headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    private func refusal(for error: any Error, _ request: Request) -> Refusal {
        switch error {
        case let refusal as Refusal: refusal
        case let error as HTTPError: self.refusal(status: error.status, cause: error.body, request)
        case is NIOTooManyBytesError: Refusal(.payloadTooLarge, "The body is larger than this service accepts.")
        case is CancellationError: Refusal(.unavailable, "The service is stopping.", retryAfter: 5)
        case let error as any HTTPResponseError: self.refusal(status: error.status, cause: "\(error)", request)
        default: Refusal(.internalError, "Something went wrong on our side.", cause: "\(error)")
        }
    }

    /// The framework's own refusals. Its words are for developers, and go to the log.
    private func refusal(status: HTTPResponse.Status, cause: String?, _ request: Request) -> Refusal {
        switch status {
        case .unauthorized: return Refusal(.missingToken, "Send an access token.", cause: cause)
        case .forbidden: return Refusal(.forbidden, "This is not allowed.", cause: cause)
        case .notFound: return notFound(request, cause: cause)
        case .methodNotAllowed: return Refusal(.methodNotAllowed, "The method is not allowed here.", cause: cause)
        case .conflict: return Refusal(.conflict, "The request conflicts with the present state.", cause: cause)
        case .preconditionFailed: return Refusal(.preconditionFailed, "The precondition does not hold.", cause: cause)
        case .preconditionRequired: return Refusal(.preconditionRequired, "Send If-Match.", cause: cause)
        case .contentTooLarge:
            return Refusal(.payloadTooLarge, "The body is larger than this service accepts.", cause: cause)
        case .uriTooLong: return Refusal(.uriTooLong, "The address is longer than this service accepts.", cause: cause)
        case .unsupportedMediaType:
            return Refusal(.unsupportedMediaType, "Send application/json.", cause: cause)
        case .unprocessableContent: return Refusal(.invalidInput, "The input is not valid.", cause: cause)
        case .tooManyRequests: return Refusal(.rateLimited, "Too many requests.", cause: cause)
        case .requestHeaderFieldsTooLarge:
            return Refusal(.headersTooLarge, "The headers are larger than this service accepts.", cause: cause)
        case .badGateway: return Refusal(.badGateway, "The upstream answered badly.", cause: cause)
        case .serviceUnavailable: return Refusal(.unavailable, "The service is not available now.", cause: cause)
        case .gatewayTimeout: return Refusal(.upstreamTimeout, "The upstream took too long.", cause: cause)
        default:
            return status.kind == .clientError
                ? Refusal(.malformedRequest, "The request can't be read.", cause: cause ?? "\(status)")
                : Refusal(.internalError, "Something went wrong on our side.", cause: cause ?? "\(status)")
        }
    }

    private func notFound(_ request: Request, cause: String?) -> Refusal {
        let allowed = methods.methods(for: request.uri.path)
        guard !allowed.isEmpty, !allowed.contains(request.method.rawValue) else {
            return Refusal(.notFound, "There is nothing at this address.", cause: cause)
        }
        var refusal = Refusal(.methodNotAllowed, "The method is not allowed here.", cause: cause)
        refusal.allowedMethods = allowed
        return refusal
    }
}
