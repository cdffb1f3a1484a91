import HTTPKit
package import NIOHTTP1

/// Step 3: what only the gateway may say to an upstream is removed, in every spelling, before anything is set.
package enum StripManagedHeaders {
    package static func apply(_ headers: HTTPHeaders) -> HTTPHeaders {
        var kept: [(String, String)] = []
        kept.reserveCapacity(headers.count + 20)
        for (name, value) in headers where !isStripped(name) { kept.append((name, value)) }
        return HTTPHeaders(kept)
    }

    static func isStripped(_ name: String) -> Bool {
        // Read before this step, and set anew behind it.
        switch name.utf8.count {
        case 3 where FieldName.equals(name, "via"): true
        case 4 where FieldName.equals(name, "host"): true
        case 10 where FieldName.equals(name, "tracestate"): true
        case 11 where FieldName.equals(name, "traceparent"): true
        case 13 where FieldName.equals(name, "authorization"): true
        case 14 where FieldName.equals(name, "content-length"): true
        default:
            ManagedHeader.isManaged(name) || ManagedHeader.isForwarding(name) || rewritesPath(name)
        }
    }

    /// `X-Original-*` and `X-Rewrite-Url`: some frameworks take the path from them, past every route that was matched.
    private static func rewritesPath(_ name: String) -> Bool {
        guard let first = name.utf8.first, first | 0x20 == UInt8(ascii: "x"), name.utf8.count >= 11 else {
            return false
        }
        let loose = FieldName.loose(name)
        return loose.hasPrefix("x-original-") || loose == "x-rewrite-url"
    }
}
