/// `Authorization` as RFC 6750 §2.1 reads it.
package enum BearerCredentials {
    /// - Parameter values: every `Authorization` field line received. None: nil. Two: `malformedRequest`, even when they
    ///   are equal, as the next hop might read the other one.
    ///   A scheme other than Bearer, spaces or anything behind the token: `malformedToken`.
    package static func token(in values: [String]) throws(Refusal) -> String? {
        guard let value = values.first else { return nil }
        guard values.count == 1 else {
            var refusal = Refusal(
                .malformedRequest, "The request has more than one Authorization header.",
                cause: "\(values.count) Authorization headers")
            refusal.concernsCredentials = true
            throw refusal
        }
        guard let token = token(in: value) else { throw .noBearerToken }
        return token
    }

    /// On bytes, without a look at the token itself: what verifies is token68 anyhow, and for the rest `isToken68` is there.
    /// - Parameter value: of the one `Authorization` line.
    /// - Returns: what is behind the scheme and its spaces, not empty; nil for another scheme.
    package static func candidate(in value: RawSpan) -> Range<Int>? { value.withUnsafeBytes { candidate(in: $0) } }

    /// ALPHA, DIGIT and `-._~+/=` (RFC 9110 §11.2) alone.
    package static func isToken68(_ token: RawSpan) -> Bool { token.withUnsafeBytes { $0.allSatisfy(isToken68) } }

    private static func token(in value: String) -> String? {
        var value = value
        return value.withUTF8 { bytes in
            let bytes = UnsafeRawBufferPointer(bytes)
            guard let token = candidate(in: bytes), bytes[token].allSatisfy(isToken68) else { return nil }
            return String(decoding: bytes[token], as: UTF8.self)
        }
    }

    private static func candidate(in bytes: UnsafeRawBufferPointer) -> Range<Int>? {
        let scheme: StaticString = "bearer "
        guard bytes.count > scheme.utf8CodeUnitCount else { return nil }
        for index in 0..<scheme.utf8CodeUnitCount {
            let byte = bytes[index]
            guard (byte == 0x20 ? byte : byte | 0x20) == scheme.utf8Start[index] else { return nil }
        }
        var start = scheme.utf8CodeUnitCount
        while start < bytes.count, bytes[start] == 0x20 { start += 1 }
        return start < bytes.count ? start..<bytes.count : nil
    }

    private static func isToken68(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E, 0x2B, 0x2F, 0x3D: true
        default: false
        }
    }
}

extension Refusal {
    /// A scheme other than Bearer, spaces or anything behind the token.
    package static let noBearerToken = Refusal(
        .malformedToken, "The Authorization header is not of the form: Bearer <token>.")
}
