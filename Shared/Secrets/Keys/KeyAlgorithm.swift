/// The signature algorithms that a key may have (RFC 7518 §3.1, RFC 8037 §3.1).
package enum KeyAlgorithm: String, Sendable, CaseIterable, Codable {
    case hs256 = "HS256"
    case hs384 = "HS384"
    case hs512 = "HS512"
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    /// Ed25519 alone.
    case eddsa = "EdDSA"

    /// What kind of key it needs.
    package enum Family: Sendable, Hashable { case hmac, rsa, ec(EllipticCurve), ed25519 }

    package var family: Family {
        switch self {
        case .hs256, .hs384, .hs512: .hmac
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: .rsa
        // One curve for each (RFC 7518 §3.4).
        case .es256: .ec(.p256)
        case .es384: .ec(.p384)
        case .es512: .ec(.p521)
        case .eddsa: .ed25519
        }
    }

    /// One secret that signs and verifies.
    package var isSymmetric: Bool { family == .hmac }

    package static let symmetric = allCases.filter(\.isSymmetric)

    /// The least number of bytes a secret of this algorithm may have: the size of its hash (RFC 7518 §3.2). 0 where the
    /// key is no secret.
    package var minimumKeyBytes: Int {
        switch self {
        case .hs256: 32
        case .hs384: 48
        case .hs512: 64
        default: 0
        }
    }
}

/// The curves of ECDSA keys, as JWKs name them (RFC 7518 §6.2.1.1).
package enum EllipticCurve: String, Sendable, Hashable, CaseIterable {
    case p256 = "P-256"
    case p384 = "P-384"
    case p521 = "P-521"

    /// Bytes of a coordinate, and of either half of a signature (RFC 7518 §3.4).
    package var coordinateBytes: Int {
        switch self {
        case .p256: 32
        case .p384: 48
        case .p521: 66
        }
    }
}
