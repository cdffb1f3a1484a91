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

    /// Signs `payload` under a header of ours with a key that is here.
    /// - Throws: `signer_unfit` for a key that lies elsewhere, `no_signing_key` for one that only verifies.
    static func sign(_ payload: [UInt8], kind: TokenKind, key: RingKey) throws(SecretError) -> String {
        try sign(
            payload, header: TokenHeader.encoded(algorithm: key.algorithm, kind: kind, keyID: key.id), key: key)
    }

    /// - Parameter header: encoded already; any header, for tokens as others make them.
    package static func sign(_ payload: [UInt8], header: [UInt8], key: RingKey) throws(SecretError) -> String {
        let input = input(payload, header: header)
        if let tag = tag(input, key: key) { return assembled(input, tag) }
        guard case .privateKey(let privateKey) = key.material else {
            let fault = key.material.signs ? "lies in a key management service" : "only verifies"
            throw SecretError(
                code: key.material.signs ? "signer_unfit" : "no_signing_key",
                message: "key \(key.id) \(fault): it can't sign here")
        }
        do throws(KeyMaterialFault) {
            return assembled(input, try privateKey.sign(input, algorithm: key.algorithm))
        } catch {
            throw SecretError(code: "signer_unfit", message: "key \(key.id) can't sign: \(error.reason)")
        }
    }

    /// Signs with a key wherever it lies.
    /// - Throws: what `KeySigners.sign` throws.
    static func sign(
        _ payload: [UInt8], kind: TokenKind, key: RingKey, signers: KeySigners
    ) async throws(SecretError) -> String {
        let input = input(
            payload, header: TokenHeader.encoded(algorithm: key.algorithm, kind: kind, keyID: key.id))
        if let tag = tag(input, key: key) { return assembled(input, tag) }
        return assembled(input, try await signers.sign(input, with: key))
    }

    /// - Parameter header: encoded already.
    static func sign(_ payload: [UInt8], header: [UInt8], mac: MACKey) -> String {
        let input = input(payload, header: header)
        return assembled(input, mac.tag(input))
    }

    /// With room for the signature behind it, unless that is RSA's.
    private static func input(_ payload: [UInt8], header: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(header.count + 1 + Base64URL.encodedCount(payload.count) + 88)
        text.append(contentsOf: header)
        text.append(UInt8(ascii: "."))
        payload.withUnsafeBytes { Base64URL.append($0, to: &text) }
        return text
    }

    private static func tag(_ input: [UInt8], key: RingKey) -> [UInt8]? {
        key.secret.flatMap { MACKey($0, algorithm: key.algorithm) }?.tag(input)
    }

    private static func assembled(_ input: consuming [UInt8], _ signature: [UInt8]) -> String {
        var text = input
        text.append(UInt8(ascii: "."))
        signature.withUnsafeBytes { Base64URL.append($0, to: &text) }
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
