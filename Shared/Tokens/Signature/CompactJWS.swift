package import Secrets

/// A compact JWS (RFC 7515 §7.1) whose signature alone is asked about: any payload, no claims.
package enum CompactJWS {
    package struct Verified: Sendable, Equatable {
        /// Any bytes; not interpreted.
        package let payload: [UInt8]
        /// The key that signed it.
        package let keyID: KeyID
        package let algorithm: KeyAlgorithm
    }

    /// The rules on structure, header and keys are those of every token; only `typ` and the payload are not looked at.
    /// - Parameter now: seconds since the epoch, for retired keys.
    package static func verify(_ text: String, keys: PreparedKeys, now: Int64) throws(TokenError) -> Verified {
        let found = try text.withTokenBytes { token throws(TokenError) in
            try keys.verify(token, as: nil, now: now)
        }
        let key = keys.keys[found.position]
        return Verified(payload: found.payload, keyID: key.id, algorithm: key.algorithm)
    }

    /// Signs `payload` under a header of ours.
    static func sign(_ payload: [UInt8], kind: TokenKind, key: RingKey) -> String {
        sign(
            payload, header: TokenHeader.encoded(algorithm: key.algorithm, kind: kind, keyID: key.id),
            mac: MACKey(key.secret, algorithm: key.algorithm))
    }

    /// - Parameter header: encoded already.
    static func sign(_ payload: [UInt8], header: [UInt8], mac: MACKey) -> String {
        var text = header
        text.append(UInt8(ascii: "."))
        text.append(contentsOf: Base64URL.encodeBytes(payload))
        let tag = mac.tag(text)
        text.append(UInt8(ascii: "."))
        text.append(contentsOf: Base64URL.encodeBytes(tag))
        return String(decoding: text, as: UTF8.self)
    }
}

extension String {
    /// The UTF-8 of a token, with the closure's own error kept.
    func withTokenBytes<T>(_ body: (UnsafeRawBufferPointer) throws(TokenError) -> T) throws(TokenError) -> T {
        var text = self
        let result = text.withUTF8 { bytes -> Result<T, TokenError> in
            Result { () throws(TokenError) in try body(UnsafeRawBufferPointer(bytes)) }
        }
        return try result.get()
    }
}
