import HTTP1
import HTTPKit
import NIOHTTP1

/// The request that a proxy wants to be decided on: it is matched with the routes as if it had come here.
struct OriginalRequest {
    let method: HTTPMethod
    /// Nil: not said.
    let host: String?
    let target: RequestTarget

    static let path = "/decide"

    /// - Parameter target: of the question.
    static func isAsked(by target: RequestTarget, in dialect: DecisionDialect) -> Bool {
        switch dialect {
        case .none: false
        case .nginx, .forwardAuth: target.path == path
        case .envoy: target.path == path || target.path.hasPrefix(path + "/")
        }
    }

    /// - Parameter question: of a trusted proxy.
    /// - Throws: `malformed_request` where what the dialect has is missing, is there twice, or is no method or path.
    init(_ question: ReceivedRequest, target: RequestTarget, dialect: DecisionDialect) throws(Refusal) {
        switch dialect {
        case .none: throw Refusal(.notFound, "no route leads there")
        case .nginx:
            method = try Self.method(question, "x-original-method")
            self.target = try RequestTarget(try Self.text(question, "x-original-uri"))
            host = question.lone(.host)
        case .forwardAuth:
            method = try Self.method(question, "x-forwarded-method")
            self.target = try RequestTarget(try Self.text(question, "x-forwarded-uri"))
            host = question.lone(.xForwardedHost)
        case .envoy:
            method = question.method
            let rest = target.path.dropFirst(Self.path.count)
            let query = target.query.map { "?" + $0 } ?? ""
            self.target = try RequestTarget((rest.isEmpty ? "/" : rest) + query)
            host = question.lone(.host)
        }
    }

    private static func method(_ question: ReceivedRequest, _ name: String) throws(Refusal) -> HTTPMethod {
        let text = try text(question, name)
        guard text.utf8.count <= 32, text.utf8.allSatisfy({ $0 >= 0x41 && $0 <= 0x5A || $0 == 0x2D })
        else { throw Refusal(.malformedRequest, "\(name) is no method") }
        return HTTPMethod(rawValue: text)
    }

    /// In its own spelling alone: `X_Original_URI` is another field to the proxy, which would let a client's pass.
    private static func text(_ question: ReceivedRequest, _ name: String) throws(Refusal) -> String {
        var found: String?
        for field in question.fields where FieldName.same(question.text(field.nameRange), name) {
            guard found == nil else { throw Refusal(.malformedRequest, "\(name) is there twice") }
            found = question.value(of: field)
        }
        guard let found else {
            throw Refusal(
                .malformedRequest, "\(name) is missing",
                cause: "the proxy that asks /decide does not say what was asked of it (GW_DECIDE_FOR)")
        }
        return found
    }
}
