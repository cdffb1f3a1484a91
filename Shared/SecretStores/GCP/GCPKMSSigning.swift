import Crypto
import Secrets

/// How Cloud KMS is asked for a signature of a JWS (RFC 7518 §3, RFC 8037 §3.1).
struct GCPKMSSigning: Sendable {
    /// What is sent: the digest of the message, and the message itself for Ed25519.
    enum Input: Sendable, Hashable {
        case digest(name: String, [UInt8])
        case message([UInt8])
    }

    let input: Input
    /// What the names of fitting key versions' algorithms begin and end with, as `RSA_SIGN_PKCS1_2048_SHA256`.
    let algorithm: (prefix: String, suffix: String)

    /// Nil for what Cloud KMS does not sign: secrets, P-521, and RSA with SHA-384.
    init?(_ message: [UInt8], _ algorithm: KeyAlgorithm) {
        switch algorithm {
        case .hs256, .hs384, .hs512, .es512, .rs384, .ps384: return nil
        case .es256: self.algorithm = ("EC_SIGN_P256_", "SHA256")
        case .es384: self.algorithm = ("EC_SIGN_P384_", "SHA384")
        case .eddsa: self.algorithm = ("EC_SIGN_", "ED25519")
        case .rs256: self.algorithm = ("RSA_SIGN_PKCS1_", "_SHA256")
        case .rs512: self.algorithm = ("RSA_SIGN_PKCS1_", "_SHA512")
        case .ps256: self.algorithm = ("RSA_SIGN_PSS_", "_SHA256")
        case .ps512: self.algorithm = ("RSA_SIGN_PSS_", "_SHA512")
        }
        switch algorithm {
        case .eddsa: input = .message(message)
        case .es384: input = .digest(name: "sha384", Array(SHA384.hash(data: message)))
        case .rs512, .ps512: input = .digest(name: "sha512", Array(SHA512.hash(data: message)))
        default: input = .digest(name: "sha256", Array(SHA256.hash(data: message)))
        }
    }

    /// Whether a key version of that algorithm gives this signature.
    func fits(_ name: String) -> Bool { name.hasPrefix(algorithm.prefix) && name.hasSuffix(algorithm.suffix) }

    var body: [UInt8] {
        switch input {
        case .digest(let name, let digest):
            JSONText.object([
                ("digest", JSONText.object([(name, JSONText.string(Base64.encode(digest)))])),
                ("digestCrc32c", JSONText.string(String(CRC32C.checksum(digest)))),
            ])
        case .message(let message):
            JSONText.object([
                ("data", JSONText.string(Base64.encode(message))),
                ("dataCrc32c", JSONText.string(String(CRC32C.checksum(message)))),
            ])
        }
    }

    /// Whether Cloud KMS says that what it signed is what was sent.
    func isVerified(_ json: StrictJSON) -> Bool {
        let node =
            switch input {
            case .digest: json.member(json.root, "verifiedDigestCrc32c")
            case .message: json.member(json.root, "verifiedDataCrc32c")
            }
        return node.map { json.kind($0) == .true } ?? false
    }
}
