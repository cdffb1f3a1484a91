/// The members of a JWK that its key consists of (RFC 7518 §6, RFC 8037 §2). Faults name members and repeat nothing.
package struct JWKMaterial: Sendable {
    private let json: StrictJSON
    private let key: StrictJSON.Node

    package init(json: StrictJSON, key: StrictJSON.Node) {
        self.json = json
        self.key = key
    }

    package func isSymmetric() throws(KeyMaterialFault) -> Bool { try text("kty") == "oct" }

    /// The private exponent, scalar or seed. Its absence says that this is a public key.
    package var hasPrivateMembers: Bool { json.member(key, "d") != nil }

    /// A private key where its members are there, one in a key management service where `kms` names it, else a public one.
    package func material() throws(KeyMaterialFault) -> KeyMaterial {
        if try isSymmetric() { return .secret(try secret()) }
        let publicKey = try publicKey()
        guard hasPrivateMembers else {
            guard json.member(key, "kms") != nil else { return .publicKey(publicKey) }
            guard let reference = KMSReference(try text("kms")) else {
                throw KeyMaterialFault(
                    "kms is neither aws-kms://REGION/KEY nor gcp-kms://PROJECT/LOCATION/RING/KEY/VERSION")
            }
            return .remote(publicKey, reference)
        }
        guard json.member(key, "kms") == nil else {
            throw KeyMaterialFault("d and kms stand beside each other: the private key is either here or there")
        }
        return .privateKey(try PrivateKey(try privateMembers(publicKey), of: publicKey))
    }

    package func publicKey() throws(KeyMaterialFault) -> PublicKey {
        switch try text("kty") {
        case "RSA": return try PublicKey(.rsa(modulus: try bytes("n"), exponent: try bytes("e")))
        case "EC":
            let name = try text("crv")
            guard let curve = EllipticCurve(rawValue: name) else {
                throw KeyMaterialFault(
                    "crv is none of \(EllipticCurve.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return try PublicKey(.ec(curve, x: try bytes("x"), y: try bytes("y")))
        case "OKP":
            guard try text("crv") == "Ed25519" else { throw KeyMaterialFault("crv is not Ed25519") }
            return try PublicKey(.ed25519(try bytes("x")))
        default: throw KeyMaterialFault("kty is none of oct, RSA, EC, OKP")
        }
    }

    package func secret() throws(KeyMaterialFault) -> SecretBytes {
        guard let bytes = Base64URL.decode(try text("k")) else {
            throw KeyMaterialFault("k is no canonical base64url without padding (RFC 7518 §6.4.1)")
        }
        return SecretBytes(bytes)
    }

    private func privateMembers(_ publicKey: PublicKey) throws(KeyMaterialFault) -> PrivateKey.Members {
        func secret(_ name: StaticString) throws(KeyMaterialFault) -> SecretBytes { SecretBytes(try bytes(name)) }
        let d = try secret("d")
        switch publicKey.members {
        case .rsa:
            guard json.member(key, "oth") == nil else {
                throw KeyMaterialFault("oth: keys of more than two primes are not supported")
            }
            // All or d alone, says RFC 7518 §6.3.2; from d alone the factors would have to be guessed.
            return .rsa(
                RSAPrivateNumbers(
                    d: d, p: try secret("p"), q: try secret("q"), dp: try secret("dp"), dq: try secret("dq"),
                    qi: try secret("qi")))
        case .ec: return .ec(d: d)
        case .ed25519: return .ed25519(d: d)
        }
    }

    private func bytes(_ name: StaticString) throws(KeyMaterialFault) -> [UInt8] {
        guard let bytes = Base64URL.decode(try text(name)) else {
            throw KeyMaterialFault("\(name) is no canonical base64url without padding")
        }
        return bytes
    }

    private func text(_ name: StaticString) throws(KeyMaterialFault) -> String {
        guard let node = json.member(key, name) else { throw KeyMaterialFault("\(name) is missing") }
        guard let text = json.string(node) else { throw KeyMaterialFault("\(name) is no string") }
        return text
    }
}
