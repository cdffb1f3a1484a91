import Crypto
import CryptoExtras
import FoundationEssentials

/// A public key that verifies signatures: RSA, ECDSA or Ed25519, checked when it was made.
package struct PublicKey: Sendable, Hashable {
    /// The members of its JWK (RFC 7518 §6.2.1, §6.3.1; RFC 8037 §2).
    package enum Members: Sendable, Hashable {
        /// Big-endian, without leading zeros.
        case rsa(modulus: [UInt8], exponent: [UInt8])
        /// Each as long as the curve's coordinates.
        case ec(EllipticCurve, x: [UInt8], y: [UInt8])
        /// 32 bytes.
        case ed25519([UInt8])
    }

    private enum Backing: Sendable {
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
        case p384(P384.Signing.PublicKey)
        case p521(P521.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
    }

    /// Bits of an RSA modulus: at least 2048 (RFC 7518 §3.3), and no more than a verifier should have to work with.
    package static let modulusBits = 2048...8192

    package let members: Members
    private let backing: Backing

    /// - Throws: `KeyMaterialFault`, naming the member.
    package init(_ members: Members) throws(KeyMaterialFault) {
        switch members {
        case .rsa(let modulus, let exponent):
            backing = .rsa(try Self.rsa(modulus: modulus, exponent: exponent))
        case .ec(let curve, let x, let y):
            guard x.count == curve.coordinateBytes, y.count == curve.coordinateBytes else {
                throw KeyMaterialFault("x or y is not \(curve.coordinateBytes) bytes long (RFC 7518 §6.2.1.2)")
            }
            do {
                switch curve {
                case .p256: backing = .p256(try P256.Signing.PublicKey(x963Representation: [4] + x + y))
                case .p384: backing = .p384(try P384.Signing.PublicKey(x963Representation: [4] + x + y))
                case .p521: backing = .p521(try P521.Signing.PublicKey(x963Representation: [4] + x + y))
                }
            } catch {
                throw KeyMaterialFault("x and y are no point of \(curve.rawValue)")
            }
        case .ed25519(let x):
            guard x.count == 32, let key = try? Curve25519.Signing.PublicKey(rawRepresentation: x) else {
                throw KeyMaterialFault("x is not the 32 bytes of an Ed25519 key (RFC 8037 §2)")
            }
            backing = .ed25519(key)
        }
        self.members = members
    }

    private static func rsa(modulus: [UInt8], exponent: [UInt8]) throws(KeyMaterialFault) -> _RSA.Signing.PublicKey {
        guard let first = modulus.first, first != 0 else {
            throw KeyMaterialFault("n begins with a zero byte (RFC 7518 §6.3.1.1)")
        }
        let bits = modulus.count * 8 - first.leadingZeroBitCount
        guard modulusBits.contains(bits) else {
            throw KeyMaterialFault(
                "n has \(bits) bits; from \(modulusBits.lowerBound) to \(modulusBits.upperBound) are accepted")
        }
        guard modulus.last.map({ $0 & 1 == 1 }) ?? false else { throw KeyMaterialFault("n is even") }
        guard !ROCAFingerprint.matches(modulus) else {
            throw KeyMaterialFault("n comes from a faulty generator (CVE-2017-15361): its private key can be computed")
        }
        // Up to 2^33: what libraries accept, and what keeps a verification cheap.
        let isUsual =
            exponent.first != 0 && (1...5).contains(exponent.count) && exponent.last.map { $0 & 1 == 1 } ?? false
        guard isUsual, exponent != [1] else {
            throw KeyMaterialFault("e is none of the odd numbers from 3 to 2^33 (RFC 7518 §6.3.1.2)")
        }
        do {
            return try _RSA.Signing.PublicKey(n: Data(modulus), e: Data(exponent))
        } catch {
            throw KeyMaterialFault("n and e are no RSA public key")
        }
    }

    /// From a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), as key management services hand it out.
    /// - Parameter der: without PEM armour.
    package init(subjectPublicKeyInfo der: [UInt8]) throws(KeyMaterialFault) {
        if let key = try? P256.Signing.PublicKey(derRepresentation: der) {
            self = try Self(x963: Array(key.x963Representation), .p256)
        } else if let key = try? P384.Signing.PublicKey(derRepresentation: der) {
            self = try Self(x963: Array(key.x963Representation), .p384)
        } else if let key = try? P521.Signing.PublicKey(derRepresentation: der) {
            self = try Self(x963: Array(key.x963Representation), .p521)
        } else if let key = try? _RSA.Signing.PublicKey(derRepresentation: der),
            let numbers = try? key.getKeyPrimitives()
        {
            self = try Self(.rsa(modulus: Array(numbers.modulus), exponent: Array(numbers.publicExponent)))
        } else if der.count == 44, der.starts(with: Self.ed25519Prefix) {
            self = try Self(.ed25519(Array(der.suffix(32))))
        } else {
            throw KeyMaterialFault("it is no public key of RSA, P-256, P-384, P-521 or Ed25519")
        }
    }

    /// As above, the other way round.
    package var subjectPublicKeyInfo: [UInt8] {
        switch backing {
        case .rsa(let key): Array(key.derRepresentation)
        case .p256(let key): Array(key.derRepresentation)
        case .p384(let key): Array(key.derRepresentation)
        case .p521(let key): Array(key.derRepresentation)
        case .ed25519(let key): Self.ed25519Prefix + Array(key.rawRepresentation)
        }
    }

    /// `SEQUENCE { SEQUENCE { OID 1.3.101.112 } BIT STRING }` of an Ed25519 key (RFC 8410 §4).
    private static let ed25519Prefix: [UInt8] = [
        0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00,
    ]

    private init(x963: [UInt8], _ curve: EllipticCurve) throws(KeyMaterialFault) {
        let size = curve.coordinateBytes
        try self.init(.ec(curve, x: Array(x963[1...size]), y: Array(x963[(size + 1)...])))
    }

    /// What algorithms it may be used with.
    package func fits(_ algorithm: KeyAlgorithm) -> Bool {
        switch (members, algorithm.family) {
        case (.rsa, .rsa), (.ed25519, .ed25519): true
        case (.ec(let curve, _, _), .ec(let wanted)): curve == wanted
        default: false
        }
    }

    /// Bits: of the modulus, of the curve's field.
    package var bits: Int {
        switch members {
        case .rsa(let modulus, _): modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        case .ec(.p256, _, _), .ed25519: 256
        case .ec(.p384, _, _): 384
        case .ec(.p521, _, _): 521
        }
    }

    /// Bytes of a signature: exactly so many, or it is none.
    package var signatureBytes: Int {
        switch members {
        case .rsa(let modulus, _): modulus.count
        case .ec(let curve, _, _): 2 * curve.coordinateBytes
        case .ed25519: 64
        }
    }

    /// - Parameter signature: as a JWS has it (RFC 7518 §3.3–3.5, RFC 8037 §3.1): ECDSA's as R and S, each as long as a
    ///   coordinate.
    package func isValid(
        _ signature: UnsafeRawBufferPointer, for message: UnsafeRawBufferPointer, algorithm: KeyAlgorithm
    ) -> Bool {
        guard signature.count == signatureBytes, fits(algorithm) else { return false }
        switch backing {
        case .rsa(let key):
            let signature = _RSA.Signing.RSASignature(rawRepresentation: Data(signature))
            return switch algorithm {
            case .rs256: key.isValidSignature(signature, for: SHA256.hash(data: message), padding: .insecurePKCS1v1_5)
            case .rs384: key.isValidSignature(signature, for: SHA384.hash(data: message), padding: .insecurePKCS1v1_5)
            case .rs512: key.isValidSignature(signature, for: SHA512.hash(data: message), padding: .insecurePKCS1v1_5)
            case .ps256: key.isValidSignature(signature, for: SHA256.hash(data: message), padding: .PSS)
            case .ps384: key.isValidSignature(signature, for: SHA384.hash(data: message), padding: .PSS)
            case .ps512: key.isValidSignature(signature, for: SHA512.hash(data: message), padding: .PSS)
            default: false
            }
        case .p256(let key):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: SHA256.hash(data: message))
        case .p384(let key):
            guard let signature = try? P384.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: SHA384.hash(data: message))
        case .p521(let key):
            guard let signature = try? P521.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: SHA512.hash(data: message))
        case .ed25519(let key):
            return key.isValidSignature(signature, for: message)
        }
    }

    package static func == (left: PublicKey, right: PublicKey) -> Bool { left.members == right.members }
    package func hash(into hasher: inout Hasher) { hasher.combine(members) }
}

/// Why bytes are no key that may be used. Names members and sizes, and repeats nothing of them.
package struct KeyMaterialFault: Error, Sendable, Hashable, CustomStringConvertible {
    package let reason: String
    package init(_ reason: String) { self.reason = reason }
    package var description: String { reason }
}
