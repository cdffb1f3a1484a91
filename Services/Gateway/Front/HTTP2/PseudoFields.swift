/// The pseudo-header fields of a request (RFC 9113 §8.3.1), each at most once.
struct PseudoFields {
    private(set) var method: String?
    private(set) var scheme: String?
    private(set) var path: String?
    private(set) var authority: String?

    mutating func take(_ name: String, _ value: String) throws(StreamFault) {
        switch name {
        case ":method": try Self.set(&method, value)
        case ":scheme": try Self.set(&scheme, value)
        case ":path": try Self.set(&path, value)
        case ":authority": try Self.set(&authority, value)
        default: throw .unknownPseudoField
        }
    }

    private static func set(_ field: inout String?, _ value: String) throws(StreamFault) {
        guard field == nil else { throw .repeatedPseudoField }
        field = value
    }

    /// A request line's method and target, and the value of `Host`.
    /// - Parameter host: the field of that name, where there is one.
    func resolve(host: String?) throws(StreamFault) -> (method: String, target: String, host: String) {
        guard let method, let authority = authority ?? host else { throw .missingPseudoField }
        // The longest that is read behind this has 32 bytes.
        guard (1...32).contains(method.utf8.count), method.utf8.allSatisfy(StreamFields.isTokenByte) else {
            throw .badMethod
        }
        guard host.map({ $0.lowercased() == authority.lowercased() }) ?? true else { throw .authorityMismatch }
        guard !authority.isEmpty, authority.utf8.allSatisfy(Self.isAuthorityByte) else { throw .badAuthority }
        // RFC 9113 §8.5: without scheme and path. It is refused in HTTP/1.1's words, as there.
        if method == "CONNECT", scheme == nil, path == nil { return (method, authority, authority) }
        guard let scheme, let path else { throw .missingPseudoField }
        guard scheme == "https" else { throw .badScheme }
        guard Self.isPath(path, method: method) else { throw .badPath }
        return (method, path, authority)
    }

    private static func isPath(_ path: String, method: String) -> Bool {
        if path == "*" { return method == "OPTIONS" }
        return path.utf8.first == UInt8(ascii: "/")
            && path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }
    }

    private static func isAuthorityByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "["),
            UInt8(ascii: "]"):
            true
        default: false
        }
    }
}
