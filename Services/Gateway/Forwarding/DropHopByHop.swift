package import NIOHTTP1

/// Step 2: fields that end at this hop (RFC 9110 §7.6.1), and those that `Connection` names, are dropped, in both
/// directions. Framing is set anew towards the next hop; upgrades are not passed on.
package enum DropHopByHop {
    package static func apply(_ headers: HTTPHeaders) -> HTTPHeaders {
        var named: [Substring] = []
        for (name, value) in headers where FieldName.equals(name, "connection") {
            for option in value.split(separator: ",") { named.append(trimmed(option)) }
        }
        var kept: [(String, String)] = []
        kept.reserveCapacity(headers.count + 20)
        for (name, value) in headers where !isHopByHop(name) {
            if !named.isEmpty, named.contains(where: { FieldName.same($0, name) }) { continue }
            kept.append((name, value))
        }
        return HTTPHeaders(kept)
    }

    static func isHopByHop(_ name: String) -> Bool {
        switch name.utf8.count {
        case 2: FieldName.equals(name, "te")
        case 6: FieldName.equals(name, "expect")
        case 7: FieldName.equals(name, "upgrade") || FieldName.equals(name, "trailer")
        case 10: FieldName.equals(name, "connection") || FieldName.equals(name, "keep-alive")
        case 14: FieldName.equals(name, "http2-settings")
        case 16: FieldName.equals(name, "proxy-connection")
        case 17: FieldName.equals(name, "transfer-encoding")
        case 18: FieldName.equals(name, "proxy-authenticate")
        case 19: FieldName.equals(name, "proxy-authorization")
        case 25: FieldName.equals(name, "proxy-authentication-info")
        default: false
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.utf8.first, first == 0x20 || first == 0x09 { text = text.dropFirst() }
        while let last = text.utf8.last, last == 0x20 || last == 0x09 { text = text.dropLast() }
        return text
    }
}
