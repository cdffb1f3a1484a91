import HTTPKit

/// Names that no route may set or remove: a rule on one of them would forge an identity, lie about where a request came
/// from, or change where a message ends.
package enum ClosedHeaderName {
    /// - Returns: why; nil for a name that a route may have rules on.
    package static func reason(_ name: String) -> String? {
        guard isToken(name) else { return "is no field name" }
        if ManagedHeader.isManaged(name) { return "is the gateway's own word to upstreams" }
        if ManagedHeader.isForwarding(name) { return "is rebuilt by the gateway from what it knows of the connection" }
        let loose = String(decoding: LooseName.bytes(name), as: UTF8.self)
        if let reason = reasons[loose] { return reason }
        // Some frameworks take the path from these, past every route that was matched.
        if loose.hasPrefix("x-original-") || loose == "x-rewrite-url" { return "changes the path for some upstreams" }
        if loose.hasPrefix("access-control-") { return "belongs to the member \"cors\"" }
        if loose.hasPrefix("proxy-") { return "ends at this hop" }
        return nil
    }

    private static let reasons: [String: String] = {
        var reasons: [String: String] = [:]
        for name in ["content-length", "transfer-encoding", "te", "trailer", "content-range"] {
            reasons[name] = "decides where a message ends"
        }
        for name in ["connection", "keep-alive", "upgrade", "http2-settings", "expect"] {
            reasons[name] = "ends at this hop"
        }
        for name in ["host", "via", "traceparent", "tracestate"] { reasons[name] = "is written by the gateway itself" }
        for name in ["authorization", "www-authenticate"] { reasons[name] = "belongs to authentication" }
        return reasons
    }()

    /// RFC 9110 §5.6.2.
    private static func isToken(_ name: String) -> Bool {
        (1...128).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
