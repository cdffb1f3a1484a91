import Secrets

/// Reads one JWK of a set that is used for verifying only.
struct VerificationKeyReader {
    enum Found {
        case key(RingKey)
        case passedOver(String)
    }

    let json: StrictJSON
    let key: StrictJSON.Node
    let label: String
    /// Of a key that names none.
    let algorithm: KeyAlgorithm?

    private var material: JWKMaterial { JWKMaterial(json: json, key: key) }

    /// A private key stands where public ones should.
    var hasPrivateMembers: Bool { material.hasPrivateMembers }

    /// By `kty` (RFC 7518 §6.1).
    func isSymmetric() throws(JWKSetFault) -> Bool {
        guard let type = try text("kty") else { throw fault("kty is missing") }
        return type == "oct"
    }

    func read() throws(JWKSetFault) -> Found {
        let type = try text("kty") ?? ""
        guard ["oct", "RSA", "EC", "OKP"].contains(type) else {
            return .passedOver("\(label) is of a type that is not supported")
        }
        // RFC 7517 §4.2 and §4.3: a key for encryption signs nothing.
        if let use = try text("use"), use != "sig" { return .passedOver("\(label) is not for signatures") }
        if let operations = json.member(key, "key_ops") {
            guard json.kind(operations) == .array else { throw fault("key_ops is not a list") }
            guard json.elements(operations).contains(where: { json.equals($0, "verify") }) else {
                return .passedOver("\(label) is not for verifying")
            }
        }
        guard try isOfKnownCurve(type) else { return .passedOver("\(label) is of a curve that is not supported") }
        let material: KeyMaterial
        do throws(KeyMaterialFault) {
            // What is here is for verifying: of a private key the public half is all that is wanted.
            material = type == "oct" ? .secret(try self.material.secret()) : .publicKey(try self.material.publicKey())
        } catch {
            throw fault(error.reason)
        }
        guard let algorithm = try ownAlgorithm(of: material) else {
            return .passedOver("\(label) is for an algorithm that is not supported")
        }
        guard material.fits(algorithm) else {
            throw fault("alg is \(algorithm.rawValue), and kty says another kind of key")
        }
        if let secret = material.secret, secret.count < algorithm.minimumKeyBytes {
            throw fault(
                "k has \(secret.count) bytes; \(algorithm.rawValue) needs at least \(algorithm.minimumKeyBytes)")
        }
        let derived = KeyID.derived(from: material)
        let id = try text("kid").map { KeyID($0) } ?? derived
        return .key(
            RingKey(
                id: id, aliases: id == derived ? [] : [derived], algorithm: algorithm, material: material,
                state: try state(), retireAt: json.member(key, "retire_at").flatMap { json.floor($0) }))
    }

    /// An issuer may publish keys for others beside those for us (X25519, secp256k1).
    private func isOfKnownCurve(_ type: String) throws(JWKSetFault) -> Bool {
        switch type {
        case "EC": try text("crv").map { EllipticCurve(rawValue: $0) != nil } ?? true
        case "OKP": try text("crv").map { $0 == "Ed25519" } ?? true
        default: true
        }
    }

    /// Nil for one that is not supported. A curve has one algorithm, so that its keys need not name it.
    private func ownAlgorithm(of material: KeyMaterial) throws(JWKSetFault) -> KeyAlgorithm? {
        if let name = try text("alg") {
            if let own = KeyAlgorithm(rawValue: name) { return own }
            guard !material.fits(.hs256) else { throw fault("alg is none of HS256, HS384, HS512") }
            return nil
        }
        if let algorithm, material.fits(algorithm) { return algorithm }
        switch material.publicKey?.members {
        case .ec(let curve, _, _): return KeyAlgorithm.allCases.first { $0.family == .ec(curve) }
        case .ed25519: return .eddsa
        case .rsa, nil: throw fault("alg is missing")
        }
    }

    /// A set without states holds keys that all verify.
    private func state() throws(JWKSetFault) -> KeyState {
        guard let name = try text("state") else { return .current }
        guard let state = KeyState(rawValue: name) else { throw fault("state is none that a key can have") }
        return state
    }

    private func text(_ name: StaticString) throws(JWKSetFault) -> String? {
        guard let value = json.member(key, name) else { return nil }
        guard let text = json.string(value), !text.isEmpty || name.description == "k" else {
            throw fault("\(name) is not a text")
        }
        return text
    }

    private func fault(_ reason: String) -> JWKSetFault { JWKSetFault(reason: "\(label): \(reason)") }
}
