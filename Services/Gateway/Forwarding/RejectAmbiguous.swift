package import HTTPKit
package import NIOHTTP1

/// How the body of a request is delimited (RFC 9112 §6.3), once nothing about it is in doubt.
package enum RequestFraming: Equatable, Sendable {
    case none
    /// Bytes.
    case length(Int)
    case chunked
}

/// Step 1: whatever two servers could read in two ways is refused, so that no upstream sees another request than this one did.
package enum RejectAmbiguous {
    /// - Throws: `malformed_request` for a missing or repeated Host, CL with TE, repeated or odd CL and TE, two
    ///   Authorization lines, control bytes in a value, CONNECT and an unknown expectation; `method_not_allowed` for TRACE.
    package static func check(_ head: HTTPRequestHead) throws(Refusal) -> RequestFraming {
        var seen = Seen()
        for (name, value) in head.headers { try seen.note(name, value) }
        if head.version.minor >= 1 || seen.hosts > 1 {
            guard seen.hosts == 1 else { throw malformed("exactly one Host field is required") }
        }
        guard seen.authorizations <= 1 else {
            var refusal = malformed("more than one Authorization field")
            refusal.concernsCredentials = true
            throw refusal
        }
        if head.method == .CONNECT { throw malformed("CONNECT is not served here") }
        if head.method == .TRACE { throw Refusal(.methodNotAllowed, "TRACE is not served here") }
        if seen.hasChunked {
            guard seen.length == nil else { throw malformed("both Content-Length and Transfer-Encoding") }
            guard head.version.minor >= 1 else { throw malformed("Transfer-Encoding in an HTTP/1.0 request") }
            return .chunked
        }
        guard let length = seen.length else { return .none }
        return length == 0 && head.method != .POST && head.method != .PUT && head.method != .PATCH
            ? .none : .length(length)
    }

    private struct Seen {
        var hosts = 0
        var authorizations = 0
        var length: Int?
        var hasChunked = false

        mutating func note(_ name: String, _ value: String) throws(Refusal) {
            guard !Self.hasControl(value) else { throw malformed("control byte in a field value") }
            // Every name below is told by its first byte; all others cost one comparison.
            switch name.utf8.first.map({ $0 | 0x20 }) {
            case UInt8(ascii: "h") where FieldName.equals(name, "host"):
                hosts += 1
                guard Self.isAuthority(value) else { throw malformed("the Host field is not an authority") }
            case UInt8(ascii: "a") where FieldName.equals(name, "authorization"):
                authorizations += 1
            case UInt8(ascii: "c"):
                try noteLength(name, value)
            case UInt8(ascii: "t"):
                try noteEncoding(name, value)
            case UInt8(ascii: "e") where FieldName.equals(name, "expect"):
                guard FieldName.equals(value, "100-continue") else { throw malformed("unknown expectation") }
            default:
                break
            }
        }

        /// The whole field is looked at as bytes, without a branch for each: credentials are long.
        private static func hasControl(_ value: String) -> Bool {
            var value = value
            return value.withUTF8 { bytes in
                var found: UInt8 = 0
                for byte in bytes {
                    let isControl: UInt8 = byte < 0x20 ? 1 : 0
                    let isTab: UInt8 = byte == 0x09 ? 1 : 0
                    let isDelete: UInt8 = byte == 0x7F ? 1 : 0
                    found |= isControl & ~isTab | isDelete
                }
                return found != 0
            }
        }

        private mutating func noteLength(_ name: String, _ value: String) throws(Refusal) {
            guard name.utf8.count == 14 else { return }
            if FieldName.equals(name, "content-length") {
                guard length == nil else { throw malformed("more than one Content-Length field") }
                guard !value.isEmpty, value.utf8.count <= 18, value.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
                    let count = Int(value)
                else { throw malformed("Content-Length is not a number") }
                length = count
            } else if FieldName.loose(name) == "content-length" {
                throw malformed("a field that upstreams may read as Content-Length")
            }
        }

        private mutating func noteEncoding(_ name: String, _ value: String) throws(Refusal) {
            guard name.utf8.count == 17 else { return }
            if FieldName.equals(name, "transfer-encoding") {
                guard !hasChunked else { throw malformed("more than one Transfer-Encoding field") }
                guard FieldName.equals(value, "chunked") else { throw malformed("Transfer-Encoding is not chunked") }
                hasChunked = true
            } else if FieldName.loose(name) == "transfer-encoding" {
                throw malformed("a field that upstreams may read as Transfer-Encoding")
            }
        }

        private static func isAuthority(_ value: String) -> Bool {
            !value.isEmpty && value.utf8.count <= 255
                && value.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x3A, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5B, 0x5D, 0x5F: true
                    default: false
                    }
                }
        }
    }

    static func malformed(_ detail: String) -> Refusal { Refusal(.malformedRequest, detail) }
}

private func malformed(_ detail: String) -> Refusal { RejectAmbiguous.malformed(detail) }
