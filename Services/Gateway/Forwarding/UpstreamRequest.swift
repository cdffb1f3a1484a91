package import NIOHTTP1

/// Step 7, send: the head as it goes to the upstream, on its own HTTP/1.1 connection with framing set anew.
package enum UpstreamRequest {
    /// - Parameters:
    ///   - headers: behind steps 2, 3 and 6.
    ///   - target: the canonical one that was matched.
    package static func head(
        method: HTTPMethod, target: String, headers: HTTPHeaders, framing: RequestFraming, authority: String
    ) -> HTTPRequestHead {
        var headers = headers
        headers.add(name: "Host", value: authority)
        switch framing {
        case .none: break
        case .length(let bytes): headers.add(name: "Content-Length", value: String(bytes))
        case .chunked: headers.add(name: "Transfer-Encoding", value: "chunked")
        }
        return HTTPRequestHead(version: .http1_1, method: method, uri: target, headers: headers)
    }

    /// Whether a second attempt can do no harm (RFC 9110 §9.2.2).
    package static func isIdempotent(_ method: HTTPMethod) -> Bool {
        switch method {
        case .GET, .HEAD, .OPTIONS, .PUT, .DELETE: true
        default: false
        }
    }
}
