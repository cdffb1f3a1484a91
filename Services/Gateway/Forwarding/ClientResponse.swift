import HTTPKit
package import NIOHTTP1

/// What of an upstream's response head goes to the client.
package enum ClientResponse {
    package struct Plan: Equatable {
        package var head: HTTPResponseHead
        /// The body ends when the connection does: nothing but a reset can say that it was cut short.
        package var endsWithConnection: Bool
    }

    /// - Parameter keepAlive: whether the client's connection outlives this exchange.
    /// - Returns: nil for a response that can't be passed on: one that nobody asked for (any 1xx: this gateway requests
    ///   no upgrade), or one whose end two clients could see in two places.
    package static func plan(
        _ upstream: HTTPResponseHead, method: HTTPMethod, version: HTTPVersion, keepAlive: Bool, requestID: String
    ) -> Plan? {
        guard upstream.status.code >= 200, isFramedOnce(upstream.headers) else { return nil }
        var kept: [(String, String)] = []
        let remaining = DropHopByHop.apply(upstream.headers)
        kept.reserveCapacity(remaining.count + 4)
        var via: [String] = []
        var lengths: [String] = []
        for (name, value) in remaining {
            switch name.utf8.count {
            case 3 where FieldName.equals(name, "via"): via.append(value)
            case 14 where FieldName.equals(name, "content-length"): lengths.append(value)
            default: if !ManagedHeader.isManaged(name) { kept.append((name, value)) }
            }
        }
        let length = lengths.first
        let hasBody = method != .HEAD && upstream.status.code != 204 && upstream.status.code != 304
        var endsWithConnection = false
        if let length, upstream.status.code != 204 {
            kept.append(("Content-Length", length))
        } else if hasBody {
            if version.minor >= 1 { kept.append(("Transfer-Encoding", "chunked")) } else { endsWithConnection = true }
        }
        kept.append(("Via", SetIdentityHeaders.via(after: via, version: upstream.version)))
        kept.append(("X-Request-Id", requestID))
        if !keepAlive || endsWithConnection {
            kept.append(("Connection", "close"))
        } else if version.minor == 0 {
            kept.append(("Connection", "keep-alive"))
        }
        return Plan(
            head: HTTPResponseHead(version: .http1_1, status: upstream.status, headers: HTTPHeaders(kept)),
            endsWithConnection: endsWithConnection)
    }

    private static func isFramedOnce(_ headers: HTTPHeaders) -> Bool {
        let lengths = headers["content-length"]
        let encodings = headers["transfer-encoding"]
        guard lengths.count + encodings.count <= 1 else { return false }
        return encodings.allSatisfy { FieldName.equals($0, "chunked") }
            && lengths.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }
    }
}
