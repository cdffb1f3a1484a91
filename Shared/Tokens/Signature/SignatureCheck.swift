import Secrets

/// Everything up to and with the signature; nothing of the payload is interpreted here.
extension PreparedKeys {
    /// A payload whose signature was found good.
    struct Verified {
        let payload: [UInt8]
        /// Position in `keys`.
        let position: Int
    }

    /// - Parameters:
    ///   - kind: what the token must be; nil accepts any `typ` (a signature alone is asked about).
    ///   - now: seconds since the epoch, for retirement.
    @inline(never)
    func verify(_ token: UnsafeRawBufferPointer, as kind: TokenKind?, now: Int64) throws(TokenError) -> Verified {
        let parts = try CompactParts(token)
        if kind == .access, let position = position(ofAccessHeader: parts.header) {
            try check(position, now: now)
            return try verify(parts, with: CollectionOfOne(position), named: keys[position].id)
        }
        let header = try TokenHeader(encoded: parts.header)
        if let kind, !header.type.passes(for: kind) { throw .malformed("typ is not that of this kind of token") }
        guard let name = header.keyID else {
            // Only issuers from before kinds had names leave the kid out.
            if kind != nil, header.type != .plain, header.type != .absent { throw .malformed("kid is missing") }
            let candidates = order.lazy.filter { keys[$0].algorithm == header.algorithm }
                .filter { keys[$0].ringKey.verifies(at: now) }.prefix(TokenLimits.keysTriedWithoutID)
            guard !candidates.isEmpty else { throw .unsupportedAlgorithm(header.algorithm.rawValue) }
            return try verify(parts, with: candidates, named: nil)
        }
        guard let position = position(of: name) else {
            throw .unknownKey(KeyID(String(decoding: name, as: UTF8.self)))
        }
        guard keys[position].algorithm == header.algorithm else {
            throw .unsupportedAlgorithm(header.algorithm.rawValue)
        }
        try check(position, now: now)
        return try verify(parts, with: CollectionOfOne(position), named: keys[position].id)
    }

    /// Bytes: of RSA's with the longest modulus.
    private static let longestSignature = PublicKey.modulusBits.upperBound / 8

    private func check(_ position: Int, now: Int64) throws(TokenError) {
        let key = keys[position].ringKey
        guard key.state != .revoked else { throw .revoked(key.id) }
        guard key.verifies(at: now) else { throw .unknownKey(key.id) }
    }

    private func verify(_ parts: CompactParts, with candidates: some Sequence<Int>, named id: KeyID?) throws(TokenError)
        -> Verified
    {
        guard let payload = Base64URL.decode(parts.payload) else {
            throw .malformed("payload is not canonical base64url")
        }
        guard let length = Base64URL.decodedCount(parts.signature.count) else {
            throw .malformed("signature is not canonical base64url")
        }
        // The length is bounded before anything is decoded: no signature is longer.
        guard length <= Self.longestSignature else { throw .badSignature(id) }
        let found = withUnsafeTemporaryAllocation(byteCount: Self.longestSignature, alignment: 1) {
            buffer -> Result<Int?, TokenError> in
            let tag = UnsafeMutableRawBufferPointer(rebasing: buffer[0..<length])
            guard Base64URL.decode(parts.signature, into: tag) else {
                return .failure(.malformed("signature is not canonical base64url"))
            }
            let position = candidates.first { keys[$0].isValid(UnsafeRawBufferPointer(tag), for: parts.signed) }
            return .success(position)
        }
        guard let position = try found.get() else { throw .badSignature(id) }
        return Verified(payload: payload, position: position)
    }
}
