import Crypto
import Secrets

/// How KMS is asked for a signature of a JWS (RFC 7518 §3, RFC 8037 §3.1), and what its answer is in one.
struct KMSSigning: Sendable, Hashable {
    /// As KMS names it.
    let algorithm: String
    /// `DIGEST`, or `RAW` where the signature is not over a digest.
    let type: String
    let message: [UInt8]

    /// Nil for what KMS does not sign: secrets, and what is too long for it.
    init?(_ message: [UInt8], _ algorithm: KeyAlgorithm) {
        switch algorithm {
        case .hs256, .hs384, .hs512: return nil
        case .rs256, .rs384, .rs512: self.algorithm = "RSASSA_PKCS1_V1_5_SHA_\(Self.bits(algorithm))"
        case .ps256, .ps384, .ps512: self.algorithm = "RSASSA_PSS_SHA_\(Self.bits(algorithm))"
        case .es256, .es384, .es512: self.algorithm = "ECDSA_SHA_\(Self.bits(algorithm))"
        case .eddsa: self.algorithm = "ED25519_SHA_512"
        }
        if algorithm == .eddsa {
            guard message.count <= AWSKMSSigner.maximumMessage else { return nil }
            (type, self.message) = ("RAW", message)
        } else {
            type = "DIGEST"
            switch Self.bits(algorithm) {
            case 256: self.message = Array(SHA256.hash(data: message))
            case 384: self.message = Array(SHA384.hash(data: message))
            default: self.message = Array(SHA512.hash(data: message))
            }
        }
    }

    private static func bits(_ algorithm: KeyAlgorithm) -> Int {
        switch algorithm {
        case .hs256, .rs256, .ps256, .es256: 256
        case .hs384, .rs384, .ps384, .es384: 384
        case .hs512, .rs512, .ps512, .es512, .eddsa: 512
        }
    }

    /// KMS gives ECDSA signatures as DER; a JWS has R and S, each as long as a coordinate (RFC 7518 §3.4).
    /// - Returns: nil for what is no signature of that algorithm.
    static func jws(_ signature: [UInt8], _ algorithm: KeyAlgorithm) -> [UInt8]? {
        switch algorithm.family {
        case .rsa: signature
        case .ed25519: signature.count == 64 ? signature : nil
        case .ec(.p256):
            (try? P256.Signing.ECDSASignature(derRepresentation: signature)).map { Array($0.rawRepresentation) }
        case .ec(.p384):
            (try? P384.Signing.ECDSASignature(derRepresentation: signature)).map { Array($0.rawRepresentation) }
        case .ec(.p521):
            (try? P521.Signing.ECDSASignature(derRepresentation: signature)).map { Array($0.rawRepresentation) }
        case .hmac: nil
        }
    }
}
