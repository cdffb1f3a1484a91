import FoundationEssentials
import HTTPKit
import HTTPTypes
import NIOCore
import NIOHTTP1
import Secrets
import ServiceKit

/// An answer that the gateway gives itself, whole.
struct LocalAnswer: Sendable {
    var status: HTTPResponseStatus
    var headers: HTTPHeaders
    var body: [UInt8]
    /// The problem's code, for the log.
    var code: String?

    init(status: HTTPResponseStatus, contentType: String, body: [UInt8]) {
        self.status = status
        headers = ["Content-Type": contentType, "Cache-Control": "no-store"]
        self.body = body
    }

    init(_ refusal: Refusal, instance: String, requestID: String, environment: DeploymentEnvironment) {
        status = HTTPResponseStatus(statusCode: refusal.code.status.code)
        headers = HTTPHeaders(refusal.headers.map { ($0.name.rawName, $0.value) })
        body = refusal.body(instance: instance, requestID: requestID, environment: environment)
        code = refusal.code.rawValue
    }

    /// Of a preflight, allowed or not: a browser finds in the fields alone what it may do.
    init(_ preflight: CORSPolicy.Preflight) {
        status = .noContent
        headers = [:]
        body = []
        add(preflight.fields)
    }

    /// A yes to a proxy.
    init(_ fields: HTTPHeaders) {
        status = .ok
        headers = fields
        body = []
    }

    /// nginx takes 401 and 403 for a no, and every other refusal for a failure of its own making (500). The code and the
    /// body still tell which it was.
    mutating func limitToAuthRequest() {
        if (400..<500).contains(status.code), status != .unauthorized { status = .forbidden }
    }

    mutating func add(_ fields: [HeaderField]) {
        for field in fields { headers.add(name: field.name, value: field.value) }
    }

    /// The whole message, framed.
    /// - Parameters:
    ///   - closes: the connection ends behind it.
    ///   - date: see `AnswerDate`.
    func write(requestID: String, date: String, closes: Bool, withBody: Bool, to output: inout ByteBuffer) {
        output.writeString("HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\n")
        for (name, value) in headers { output.writeString("\(name): \(value)\r\n") }
        // RFC 9110 §8.6: a 204 has no length.
        if status != .noContent { output.writeString("Content-Length: \(body.count)\r\n") }
        output.writeString("Date: \(date)\r\nX-Request-Id: \(requestID)\r\n")
        output.writeStaticString(closes ? "Connection: close\r\n\r\n" : "\r\n")
        if withBody { output.writeBytes(body) }
    }
}

/// /health, /ready, /metrics and /internal/v1/keys; what loops know is asked by `LoopQuestion`. Shared by all loops; nothing here is on the proxy's path.
struct OwnAnswers: Sendable {
    let readiness: Readiness
    let registry: PrometheusRegistry
    let internalToken: InternalToken
    let environment: DeploymentEnvironment
    /// Body of /internal/v1/keys.
    let keyReport: @Sendable () -> KeyReport

    /// - Parameter authorization: every line received.
    func answer(_ endpoint: OwnEndpoint, method: HTTPMethod, authorization: [String]) throws(Refusal) -> LocalAnswer {
        try Self.checkMethod(method)
        let isInternal = internalToken.authorizes(authorization)
        switch endpoint {
        case .health:
            return LocalAnswer(
                status: .ok, contentType: "application/json", body: HealthDocument.health(service: "gateway"))
        case .ready:
            let showsDetails = isInternal || environment == .development
            let (isReady, body) = HealthDocument.ready(readiness, service: "gateway", details: showsDetails)
            var answer = LocalAnswer(
                status: isReady ? .ok : .serviceUnavailable, contentType: "application/json", body: body)
            if !isReady { answer.headers.add(name: "Retry-After", value: "5") }
            return answer
        case .metrics:
            guard isInternal || environment == .development else { throw Self.locked }
            return LocalAnswer(
                status: .ok, contentType: "text/plain; version=0.0.4; charset=utf-8",
                body: Array(registry.render().utf8))
        case .keys:
            guard isInternal else { throw Self.locked }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            guard let body = try? encoder.encode(keyReport()) else {
                throw Refusal(.internalError, "the key report could not be written")
            }
            return LocalAnswer(status: .ok, contentType: "application/json", body: Array(body))
        // Asked of all loops, behind `authorize`.
        case .routes, .caches, .upstreams: throw Self.locked
        }
    }

    /// For a `LoopQuestion`.
    /// - Parameter authorization: every line received.
    func authorize(method: HTTPMethod, authorization: [String]) throws(Refusal) {
        try Self.checkMethod(method)
        guard internalToken.authorizes(authorization) else { throw Self.locked }
    }

    private static func checkMethod(_ method: HTTPMethod) throws(Refusal) {
        guard method != .GET, method != .HEAD else { return }
        var refusal = Refusal(.methodNotAllowed, "only GET and HEAD are served here")
        refusal.allowedMethods = ["GET", "HEAD"]
        throw refusal
    }

    /// What a stranger gets: as if there were nothing.
    private static let locked = Refusal(.notFound, "there is nothing here", cause: "no internal token")
}
