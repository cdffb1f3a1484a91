package import HTTPKit
package import NIOHTTP1

/// How the body of a request is delimited (RFC 9112 §6.3).
package enum RequestFraming: Equatable, Sendable {
    case none
    /// Bytes.
    case length(Int)
    case chunked
}

/// Step 1. What two servers could read in two ways as a message, `HTTP1` has refused before; what is left is what could be
/// understood in two ways: whose request it is.
package enum RejectAmbiguous {
    /// - Parameter head: as `HTTP1` reads it: at most one Content-Length, a number, or one `chunked`.
    /// - Throws: `malformed_request` for two Authorization lines, `method_not_allowed` for TRACE, which would give the
    ///   client's credentials back to whoever made it ask.
    package static func check(_ head: HTTPRequestHead) throws(Refusal) -> RequestFraming {
        if head.method == .TRACE { throw Refusal(.methodNotAllowed, "TRACE is not served here") }
        var authorizations = 0
        var framing = RequestFraming.none
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 13 where FieldName.equals(name, "authorization"): authorizations += 1
            case 14 where FieldName.equals(name, "content-length"): framing = .length(Int(value) ?? 0)
            case 17 where FieldName.equals(name, "transfer-encoding"): framing = .chunked
            default: break
            }
        }
        guard authorizations <= 1 else {
            var refusal = Refusal(.malformedRequest, "more than one Authorization field")
            refusal.concernsCredentials = true
            throw refusal
        }
        // A body of no bytes, where none is expected, is none.
        guard framing == .length(0), head.method != .POST, head.method != .PUT, head.method != .PATCH
        else { return framing }
        return .none
    }
}
