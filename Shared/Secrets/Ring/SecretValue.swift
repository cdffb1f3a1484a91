/// Reads one value of the chain: a raw secret, or a JWK Set.
enum SecretValue {
    /// Bytes of any value; a ring of 16 keys of 2 KiB fits.
    static let maximumBytes = 65_536

    /// A value as it was found, without the line end that editors and `echo` put behind it.
    struct Trimmed: Sendable {
        let bytes: SecretBytes
        let hadTrailingNewline: Bool
        var isEmpty: Bool { bytes.isEmpty }
    }

    static func trimmed(_ secret: SecretBytes) -> Trimmed {
        secret.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while let last = rest.last, last == 0x0A || last == 0x0D { rest = rest.dropLast() }
            guard rest.count < bytes.count else { return Trimmed(bytes: secret, hadTrailingNewline: false) }
            return Trimmed(bytes: SecretBytes(Array(rest)), hadTrailingNewline: true)
        }
    }

    /// A JWK Set begins with a brace. A raw secret that does so is refused where it is read, not taken for a key.
    static func isRing(_ secret: SecretBytes) -> Bool {
        secret.withUnsafeBytes { bytes in
            bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{")
        }
    }

    /// The keys of a value whose trailing newline is gone.
    /// - Parameters:
    ///   - algorithm: of a raw secret; a JWK brings its own.
    ///   - label: the source, as messages name it.
    /// - Throws: `secret_malformed`, `ring_malformed`, and what `KeyRules` throws.
    static func keys(
        _ secret: SecretBytes, algorithm: KeyAlgorithm, environment: DeploymentEnvironment, label: String
    ) throws(SecretError) -> [RingKey] {
        guard secret.count <= maximumBytes else {
            throw SecretError(
                code: "secret_malformed",
                message: "\(label) holds \(secret.count) bytes; at most \(maximumBytes) are read.")
        }
        guard !isRing(secret) else {
            return try JWKSetReader(environment: environment, label: label).keys(secret)
        }
        return [try rawKey(secret, state: .current, algorithm: algorithm, environment: environment, label: label)]
    }

    /// One key from raw UTF-8.
    static func rawKey(
        _ secret: SecretBytes, state: KeyState, algorithm: KeyAlgorithm, environment: DeploymentEnvironment,
        label: String
    ) throws(SecretError) -> RingKey {
        if let fault = rawFault(secret) {
            throw SecretError(
                code: "secret_malformed",
                message: """
                    \(label) \(fault). A raw secret is one line of UTF-8 text; binary keys belong in a JWK Set (RFC 7517), \
                    as base64url.
                    """)
        }
        guard algorithm.isSymmetric else {
            throw SecretError(
                code: "algorithm_unfit",
                message: """
                    \(label) is a raw secret and JWT_ALGORITHM is \(algorithm.rawValue), whose keys are no secrets: put a \
                    key of it into a JWK Set (RFC 7517), as `lockstep secret generate --algorithm \(algorithm.rawValue)` \
                    makes one, or leave JWT_ALGORITHM out.
                    """)
        }
        try KeyRules.check(secret, algorithm: algorithm, environment: environment, label: label)
        return RingKey(id: .derived(from: secret), algorithm: algorithm, secret: secret, state: state)
    }

    private static func rawFault(_ secret: SecretBytes) -> String? {
        let bytes = secret.withUnsafeBytes { Array($0) }
        if bytes.count > maximumBytes { return "holds more than \(maximumBytes) bytes" }
        if String(validating: bytes, as: UTF8.self) == nil { return "holds bytes that are no UTF-8" }
        if secret.isPEM {
            return "holds PEM, which would be taken for a secret; a key in PEM belongs in a JWK Set, as a JWK"
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return "begins with a byte order mark" }
        if bytes.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }) { return "holds control characters" }
        return nil
    }
}

extension SecretBytes {
    /// A public key that is taken for a secret is a secret that everybody has.
    var isPEM: Bool {
        withUnsafeBytes { bytes in
            bytes.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }.starts(with: Array("-----BEGIN".utf8))
        }
    }
}

extension SecretValue {
    /// White space around a raw value is part of the key; around a ring it means nothing.
    static func hasOuterSpace(_ secret: SecretBytes) -> Bool {
        guard !isRing(secret) else { return false }
        return secret.withUnsafeBytes { bytes in
            let outer: [UInt8?] = [bytes.first, bytes.last]
            return outer.contains(0x20) || outer.contains(0x09)
        }
    }
}
