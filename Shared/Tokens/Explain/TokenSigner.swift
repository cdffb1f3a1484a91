package import Secrets

/// Who signed a token, found by trying.
package enum TokenSigner: Sendable, Equatable {
    /// A held key under its own algorithm.
    case held(KeyID)
    /// A held key under another algorithm than its own.
    case heldUnder(KeyID, KeyAlgorithm)
    /// A held key's secret, spelled in another way; says how.
    case variant(KeyID, String)
    /// The text or bytes of a held public key, used as a secret: what everybody can do (RFC 8725 §2.1).
    case publicKeyAsSecret(KeyID)
    /// The development fallback, which this service does not hold.
    case developmentFallback
    /// A sample that stands in public documents.
    case publishedSample

    /// Tries all held keys whatever `kid` says, then what services that drift apart use in practice.
    static func find(_ anatomy: TokenAnatomy, ring: KeyRing) -> TokenSigner? {
        guard let signed = anatomy.signed, let signature = anatomy.signature, !signature.isEmpty else { return nil }
        for key in ring.keys {
            guard let publicKey = key.material.publicKey else { continue }
            for algorithm in KeyAlgorithm.allCases where publicKey.fits(algorithm) {
                let isTheirs = signed.withUnsafeBytes { signed in
                    signature.withUnsafeBytes { publicKey.isValid($0, for: signed, algorithm: algorithm) }
                }
                if isTheirs { return key.algorithm == algorithm ? .held(key.id) : .heldUnder(key.id, algorithm) }
            }
        }
        // A tag's length tells the algorithm, also where the header lies about it.
        guard let algorithm = KeyAlgorithm.symmetric.first(where: { $0.minimumKeyBytes == signature.count }) else {
            return nil
        }
        func fits(_ secret: SecretBytes) -> Bool {
            signed.withUnsafeBytes { signed in
                signature.withUnsafeBytes { MACKey(secret, algorithm: algorithm)?.isValid($0, for: signed) ?? false }
            }
        }
        if let key = ring.keys.first(where: { $0.secret.map(fits) ?? false }) {
            return key.algorithm == algorithm ? .held(key.id) : .heldUnder(key.id, algorithm)
        }
        for key in ring.keys {
            for variant in key.secret.map(SecretVariant.all) ?? [] where fits(variant.secret) {
                return .variant(key.id, variant.difference)
            }
        }
        for key in ring.keys {
            if let publicKey = key.material.publicKey, PublicKeyText.all(of: publicKey).contains(where: fits) {
                return .publicKeyAsSecret(key.id)
            }
        }
        if fits(DevelopmentFallback.secret) { return .developmentFallback }
        if SecretVariant.samples.contains(where: { fits(SecretBytes(utf8: $0)) }) { return .publishedSample }
        return nil
    }
}

/// How two services come to hold different bytes of what their owners think is one secret.
struct SecretVariant {
    let secret: SecretBytes
    /// "the same secret …".
    let difference: String

    /// Secrets from documents and defaults in code, met in production.
    static let samples = [
        "dev_secret_key_change_in_production", "dev-secret-change-in-production", "your-secret-key-here",
        "your-secret-key", "your-256-bit-secret", "change-me", "changeme", "secret", "supersecret", "development",
    ]

    static func all(of secret: SecretBytes) -> [SecretVariant] {
        let bytes = secret.withUnsafeBytes { Array($0) }
        var variants: [(bytes: [UInt8], difference: String)] = []
        for (end, name) in [([0x0A], "a line feed"), ([0x0D, 0x0A], "a line end"), ([0x20], "a space")]
            as [([UInt8], String)]
        {
            variants.append((bytes + end, "with \(name) at its end"))
            if bytes.count > end.count, bytes.suffix(end.count).elementsEqual(end) {
                variants.append((Array(bytes.dropLast(end.count)), "without \(name) at its end"))
            }
        }
        for quote in [UInt8(ascii: "\""), UInt8(ascii: "'")] {
            variants.append(([quote] + bytes + [quote], "with quotation marks around it"))
            if bytes.count > 2, bytes.first == quote, bytes.last == quote {
                variants.append((Array(bytes.dropFirst().dropLast()), "without the quotation marks around it"))
            }
        }
        if let decoded = decodedBase64(bytes) { variants.append((decoded, "decoded from base64")) }
        variants.append((Base64URL.encodeBytes(bytes), "encoded as base64url"))
        if let decoded = decodedHexadecimal(bytes) { variants.append((decoded, "decoded from hexadecimal digits")) }
        return variants.map { SecretVariant(secret: SecretBytes($0.bytes), difference: $0.difference) }
    }

    /// Either alphabet, with or without padding.
    private static func decodedBase64(_ bytes: [UInt8]) -> [UInt8]? {
        var text = bytes.map { byte in
            switch byte {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            default: byte
            }
        }
        while text.last == UInt8(ascii: "=") { text.removeLast() }
        return Base64URL.decode(text)
    }

    private static func decodedHexadecimal(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count.isMultiple(of: 2), !bytes.isEmpty else { return nil }
        var decoded: [UInt8] = []
        for index in stride(from: 0, to: bytes.count, by: 2) {
            guard let byte = UInt8(String(decoding: bytes[index...index + 1], as: UTF8.self), radix: 16),
                bytes[index] != UInt8(ascii: "+")
            else { return nil }
            decoded.append(byte)
        }
        return decoded
    }
}
