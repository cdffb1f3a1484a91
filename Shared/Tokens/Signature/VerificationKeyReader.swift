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

    /// By `kty` (RFC 7518 §6.1).
    func isSymmetric() throws(JWKSetFault) -> Bool {
        guard let type = try text("kty") else { throw fault("kty is missing") }
        return type == "oct"
    }

    func read() throws(JWKSetFault) -> Found {
        guard try isSymmetric() else {
            return .passedOver("\(label) is not symmetric; RSA, EC and OKP are not supported")
        }
        // RFC 7517 §4.2 and §4.3: a key for encryption signs nothing.
        if let use = try text("use"), use != "sig" { return .passedOver("\(label) is not for signatures") }
        if let operations = json.member(key, "key_ops") {
            guard json.kind(operations) == .array else { throw fault("key_ops is not a list") }
            guard json.elements(operations).contains(where: { json.equals($0, "verify") }) else {
                return .passedOver("\(label) is not for verifying")
            }
        }
        let algorithm = try ownAlgorithm()
        guard let encoded = try text("k"), let bytes = Base64URL.decode(encoded) else {
            throw fault("k is not canonical base64url")
        }
        guard bytes.count >= algorithm.minimumKeyBytes else {
            throw fault("k has \(bytes.count) bytes; \(algorithm.rawValue) needs at least \(algorithm.minimumKeyBytes)")
        }
        let secret = SecretBytes(bytes)
        let derived = KeyID.derived(from: secret)
        let id = try text("kid").map { KeyID($0) } ?? derived
        return .key(
            RingKey(
                id: id, aliases: id == derived ? [] : [derived], algorithm: algorithm, secret: secret,
                state: try state(), retireAt: json.member(key, "retire_at").flatMap { json.floor($0) }))
    }

    private func ownAlgorithm() throws(JWKSetFault) -> KeyAlgorithm {
        guard let name = try text("alg") else {
            guard let algorithm else { throw fault("alg is missing") }
            return algorithm
        }
        guard let own = KeyAlgorithm(rawValue: name) else { throw fault("alg is none of HS256, HS384, HS512") }
        return own
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
