import HTTPKit
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

extension HTTPField.Name {
    // Invariant: literals that are tokens of RFC 9110 §5.6.2.
    // swift-format-ignore: NeverForceUnwrap
    static let xRequestID = HTTPField.Name(RequestID.header)!
    // swift-format-ignore: NeverForceUnwrap
    static let xForwardedFor = HTTPField.Name("X-Forwarded-For")!
    // swift-format-ignore: NeverForceUnwrap
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}

/// Outermost: names the request, finds out whose it is, and sets the headers that every answer has.
struct RequestIdentity: RouterMiddleware {
    typealias Context = AppContext
    let trustedProxies: TrustedProxies

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let candidates = request.headers[values: .xRequestID]
        context.requestID = RequestID.accept(candidates.count == 1 ? candidates[0] : nil)
        context.logger[metadataKey: "request_id"] = "\(context.requestID)"
        if let peer = context.remoteAddress?.ipAddress {
            let client = trustedProxies.client(peer: peer, forwardedFor: request.headers[values: .xForwardedFor])
            if client != peer {
                context.clientAddress = client
                // Port 0: the client's own is not known behind a proxy.
                context.remoteAddress = (try? SocketAddress(ipAddress: client, port: 0)) ?? context.remoteAddress
            }
        }
        var response = try await next(request, context)
        response.headers[.xRequestID] = context.requestID
        response.headers[.xContentTypeOptions] = "nosniff"
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        if response.headers[.referrerPolicy] == nil { response.headers[.referrerPolicy] = "no-referrer" }
        return response
    }
}
