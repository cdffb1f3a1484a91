import Crypto
import CryptoExtras
import FoundationEssentials

/// A private key, with its public one. No print, log, dump or interpolation shows it.
package struct PrivateKey: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    /// The private members of its JWK (RFC 7518 §6.2.2, §6.3.2; RFC 8037 §2).
    enum Members: Sendable {
        case rsa(RSAPrivateNumbers)
        case ec(d: SecretBytes)
        case ed25519(d: SecretBytes)
    }

    private enum Backing: Sendable {
        case rsa(_RSA.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
        case p521(P521.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
    }

    package let publicKey: PublicKey
    let members: Members
    private let backing: Backing

    /// - Throws: `KeyMaterialFault`, also where the private members are not those of `publicKey`.
    init(_ members: Members, of publicKey: PublicKey) throws(KeyMaterialFault) {
        let mismatch = KeyMaterialFault("d and the other private members are not those of the public ones")
        switch (members, publicKey.members) {
        case (.rsa(let numbers), .rsa(let n, let e)):
            // BoringSSL computes d mod (p - 1) and the like before it looks at the factors.
            guard numbers.areUsual(forModulusOf: n.count),
                let key = try? _RSA.Signing.PrivateKey(
                    n: Data(n), e: Data(e), d: numbers.d.data, p: numbers.p.data, q: numbers.q.data),
                // Also the three numbers that others make their signatures with.
                RSAPrivateNumbers(pkcs1: Array(key.derRepresentation)) == numbers,
                let signature = try? key.signature(for: SHA256.hash(data: [0]), padding: .insecurePKCS1v1_5),
                key.publicKey.isValidSignature(
                    signature, for: SHA256.hash(data: [0]), padding: .insecurePKCS1v1_5)
            else { throw mismatch }
            backing = .rsa(key)
        case (.ec(let d), .ec(let curve, let x, let y)):
            guard d.count == curve.coordinateBytes else {
                throw KeyMaterialFault("d is not \(curve.coordinateBytes) bytes long (RFC 7518 §6.2.2.1)")
            }
            let point: Data?
            switch curve {
            case .p256:
                guard let key = try? P256.Signing.PrivateKey(rawRepresentation: d.data) else { throw mismatch }
                (backing, point) = (.p256(key), key.publicKey.x963Representation)
            case .p384:
                guard let key = try? P384.Signing.PrivateKey(rawRepresentation: d.data) else { throw mismatch }
                (backing, point) = (.p384(key), key.publicKey.x963Representation)
            case .p521:
                guard let key = try? P521.Signing.PrivateKey(rawRepresentation: d.data) else { throw mismatch }
                (backing, point) = (.p521(key), key.publicKey.x963Representation)
            }
            guard point.map(Array.init) == [4] + x + y else { throw mismatch }
        case (.ed25519(let d), .ed25519(let x)):
            guard d.count == 32, let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: d.data),
                Array(key.publicKey.rawRepresentation) == x
            else { throw mismatch }
            backing = .ed25519(key)
        default: throw mismatch
        }
        self.publicKey = publicKey
        self.members = members
    }

    /// A new key for `algorithm`, from the system's random source. RSA keys have 2048 bits (RFC 7518 §3.3), 3072 with
    /// the hashes of 384 and 512 bits.
    /// - Throws: for a symmetric algorithm, and where the random source fails.
    package static func generate(for algorithm: KeyAlgorithm) throws(KeyMaterialFault) -> PrivateKey {
        switch algorithm.family {
        case .hmac: throw KeyMaterialFault("\(algorithm.rawValue) has no private key")
        case .rsa: return try generateRSA(bits: algorithm == .rs256 || algorithm == .ps256 ? 2048 : 3072)
        case .ec(.p256):
            let key = P256.Signing.PrivateKey()
            return try ec(.p256, key.publicKey.x963Representation, key.rawRepresentation)
        case .ec(.p384):
            let key = P384.Signing.PrivateKey()
            return try ec(.p384, key.publicKey.x963Representation, key.rawRepresentation)
        case .ec(.p521):
            let key = P521.Signing.PrivateKey()
            return try ec(.p521, key.publicKey.x963Representation, key.rawRepresentation)
        case .ed25519:
            let key = Curve25519.Signing.PrivateKey()
            return try PrivateKey(
                .ed25519(d: SecretBytes(Array(key.rawRepresentation))),
                of: PublicKey(.ed25519(Array(key.publicKey.rawRepresentation))))
        }
    }

    private static func ec(_ curve: EllipticCurve, _ point: Data, _ d: Data) throws(KeyMaterialFault) -> PrivateKey {
        let (point, size) = (Array(point), curve.coordinateBytes)
        return try PrivateKey(
            .ec(d: SecretBytes(Array(d))),
            of: PublicKey(.ec(curve, x: Array(point[1...size]), y: Array(point[(size + 1)...]))))
    }

    private static func generateRSA(bits: Int) throws(KeyMaterialFault) -> PrivateKey {
        guard let key = try? _RSA.Signing.PrivateKey(keySize: .init(bitCount: bits)),
            let numbers = RSAPrivateNumbers(pkcs1: Array(key.derRepresentation)),
            let primitives = try? key.publicKey.getKeyPrimitives()
        else { throw KeyMaterialFault("no RSA key could be made") }
        return try PrivateKey(
            .rsa(numbers),
            of: PublicKey(.rsa(modulus: Array(primitives.modulus), exponent: Array(primitives.publicExponent))))
    }

    /// - Returns: the signature as a JWS has it.
    /// - Throws: for an algorithm that the key does not fit.
    package func sign(_ message: [UInt8], algorithm: KeyAlgorithm) throws(KeyMaterialFault) -> [UInt8] {
        guard publicKey.fits(algorithm) else { throw KeyMaterialFault("the key is none for \(algorithm.rawValue)") }
        do {
            switch backing {
            case .rsa(let key):
                let signature =
                    switch algorithm {
                    case .rs256: try key.signature(for: SHA256.hash(data: message), padding: .insecurePKCS1v1_5)
                    case .rs384: try key.signature(for: SHA384.hash(data: message), padding: .insecurePKCS1v1_5)
                    case .rs512: try key.signature(for: SHA512.hash(data: message), padding: .insecurePKCS1v1_5)
                    case .ps256: try key.signature(for: SHA256.hash(data: message), padding: .PSS)
                    case .ps384: try key.signature(for: SHA384.hash(data: message), padding: .PSS)
                    default: try key.signature(for: SHA512.hash(data: message), padding: .PSS)
                    }
                return Array(signature.rawRepresentation)
            case .p256(let key): return Array(try key.signature(for: SHA256.hash(data: message)).rawRepresentation)
            case .p384(let key): return Array(try key.signature(for: SHA384.hash(data: message)).rawRepresentation)
            case .p521(let key): return Array(try key.signature(for: SHA512.hash(data: message)).rawRepresentation)
            case .ed25519(let key): return Array(try key.signature(for: message))
            }
        } catch {
            throw KeyMaterialFault("the key could not sign")
        }
    }

    // Who has the same public key has the same private one.
    package static func == (left: PrivateKey, right: PrivateKey) -> Bool { left.publicKey == right.publicKey }
    package func hash(into hasher: inout Hasher) { hasher.combine(publicKey) }

    package var description: String { "<private key>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension SecretBytes {
    fileprivate var data: Data { withUnsafeBytes { Data($0) } }
}
