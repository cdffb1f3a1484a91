import Secrets

/// A JOSE header (RFC 7515 §4), read once and strictly. Parameters that name keys from elsewhere (`jku`, `x5u`, `jwk`,
/// `x5c`) are not even looked at: which key verifies is the ring's business alone.
struct TokenHeader {
    let algorithm: KeyAlgorithm
    let type: TokenType
    /// UTF-8, not empty.
    let keyID: [UInt8]?

    /// - Parameter encoded: the first part of the serialisation.
    init(encoded: UnsafeRawBufferPointer) throws(TokenError) {
        guard let bytes = Base64URL.decode(encoded) else { throw .malformed("header is not canonical base64url") }
        let json: StrictJSON
        do { json = try StrictJSON(bytes, limits: TokenLimits.headerJSON) } catch {
            throw .malformed("header: \(error)")
        }
        guard json.kind(json.root) == .object else { throw .malformed("header is not an object") }
        var algorithm: KeyAlgorithm?
        var type = TokenType.absent
        var keyID: [UInt8]?
        for (name, value) in json.members(json.root) {
            if json.equals(name, "alg") {
                algorithm = try Self.algorithm(json, value)
            } else if json.equals(name, "typ") {
                guard let text = json.string(value) else { throw .malformed("typ is not a string") }
                type = TokenType(text)
            } else if json.equals(name, "kid") {
                keyID = try Self.keyID(json, value)
            } else if json.equals(name, "crit") || json.equals(name, "b64") {
                // An extension that must be understood (RFC 7515 §4.1.11) or that changes what is signed (RFC 7797):
                // none is.
                throw .malformed("header extensions (crit, b64) are not supported")
            }
        }
        guard let algorithm else { throw .malformed("alg is missing") }
        self.algorithm = algorithm
        self.type = type
        self.keyID = keyID
    }

    private static func algorithm(_ json: StrictJSON, _ value: StrictJSON.Node) throws(TokenError) -> KeyAlgorithm {
        guard let text = json.string(value) else { throw .malformed("alg is not a string") }
        // Compared exactly: `alg` is case-sensitive (RFC 7515 §4.1.1), so there is no spelling of `none` that passes.
        guard let algorithm = KeyAlgorithm(rawValue: text) else {
            throw .unsupportedAlgorithm(DisplayText.of(text, limit: 32))
        }
        return algorithm
    }

    private static func keyID(_ json: StrictJSON, _ value: StrictJSON.Node) throws(TokenError) -> [UInt8] {
        guard let text = json.string(value), !text.isEmpty, text.utf8.count <= TokenLimits.keyID,
            text.unicodeScalars.allSatisfy(DisplayText.isPlain)
        else { throw .malformed("kid is not a plain string") }
        return Array(text.utf8)
    }

    /// The text of our own headers, members in this order.
    static func encoded(algorithm: KeyAlgorithm, kind: TokenKind, keyID: KeyID) -> [UInt8] {
        var json = JSONObjectWriter()
        json.member("alg", algorithm.rawValue)
        json.member("typ", kind.rawValue)
        json.member("kid", keyID.rawValue)
        return Base64URL.encodeBytes(json.finish())
    }
}
