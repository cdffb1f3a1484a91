package import HTTP1
package import NIOHTTP1

/// Step 7, send: the start line and framing of a request on the gateway's own HTTP/1.1 connection to an upstream.
package enum UpstreamRequest {
    /// - Parameter target: base path, canonical path and query.
    package static func writeStart(
        method: HTTPMethod, target: String, query: String?, authority: String, to output: inout HeadBuffer
    ) {
        output.writeString(method.rawValue)
        output.writeStaticString(" ")
        output.writeString(target)
        if let query {
            output.writeStaticString("?")
            output.writeString(query)
        }
        output.writeStaticString(" HTTP/1.1\r\nHost: ")
        output.writeString(authority)
        output.writeStaticString("\r\n")
    }

    /// The last lines of the head, and its end.
    package static func writeEnd(_ framing: BodyFraming, to output: inout HeadBuffer) {
        switch framing {
        case .none, .untilClose: output.writeStaticString("\r\n")
        case .length(let bytes):
            output.writeStaticString("Content-Length: ")
            output.writeString(String(bytes))
            output.writeStaticString("\r\n\r\n")
        case .chunked: output.writeStaticString("Transfer-Encoding: chunked\r\n\r\n")
        }
    }

    /// Whether a second attempt can do no harm (RFC 9110 §9.2.2).
    package static func isIdempotent(_ method: Method) -> Bool {
        switch method {
        case .get, .head, .options, .put, .delete: true
        case .post, .patch, .trace, .other: false
        }
    }
}
