import Crypto

/// What logs, token headers and screens show of a key.
package struct KeyID: Hashable, Sendable, Codable, CustomStringConvertible {
    /// What stands before the kid of the development fallback.
    package static let developmentPrefix = "dev-"

    package let rawValue: String

    package init(_ rawValue: String) { self.rawValue = rawValue }

    package var description: String { rawValue }

    /// True for the development fallback's kid; staging and production refuse such a kid by its name alone.
    package var isDevelopmentFallback: Bool { rawValue.hasPrefix(Self.developmentPrefix) }

    /// The first 16 characters (96 bits) of base64url(HMAC-SHA256(key: secret, message: "lockstep/kid/v1")), with `dev-`
    /// before it where the secret is the development fallback.
    ///
    /// A keyed derivation and not a hash of the secret: nobody may confuse it with the hash that some other system
    /// stores of the same bytes. It still lets a *guessed* secret be confirmed, so none is published for a weak key
    /// (`RingKey.publishedID`).
    package static func derived(from secret: SecretBytes) -> KeyID {
        let code = secret.withUnsafeBytes { bytes in
            HMAC<SHA256>.authenticationCode(for: Array("lockstep/kid/v1".utf8), using: SymmetricKey(data: bytes))
        }
        let text = Base64URL.encode(Array(code).prefix(12))
        return KeyID(secret == DevelopmentFallback.secret ? developmentPrefix + text : text)
    }

    /// The RFC 7638 thumbprint (SHA-256, base64url) of a public key: it names the private one as well.
    package static func derived(from key: PublicKey) -> KeyID {
        func text(_ bytes: [UInt8]) -> String { Base64URL.encode(bytes) }
        // The required members alone, in the order of their names, without white space (RFC 7638 §3.2, RFC 8037 §2).
        let canonical =
            switch key.members {
            case .rsa(let modulus, let exponent): #"{"e":"\#(text(exponent))","kty":"RSA","n":"\#(text(modulus))"}"#
            case .ec(let curve, let x, let y):
                #"{"crv":"\#(curve.rawValue)","kty":"EC","x":"\#(text(x))","y":"\#(text(y))"}"#
            case .ed25519(let x): #"{"crv":"Ed25519","kty":"OKP","x":"\#(text(x))"}"#
            }
        return KeyID(Base64URL.encode(Array(SHA256.hash(data: Array(canonical.utf8)))))
    }

    package static func derived(from material: KeyMaterial) -> KeyID {
        switch material {
        case .secret(let secret): derived(from: secret)
        case .privateKey(let key): derived(from: key.publicKey)
        case .publicKey(let key), .remote(let key, _): derived(from: key)
        }
    }
}
