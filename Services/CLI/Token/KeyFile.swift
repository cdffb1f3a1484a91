import Foundation
import Secrets

/// Reads symmetric keys from a JWK Set or a single JWK of any origin (RFC 7517): unlike a ring it need not name states,
/// kids or algorithms. What a key may be used for is as strict as elsewhere.
enum KeyFile {
    /// - Parameter token: a key without `alg` is taken for the token's own HMAC algorithm, the only kind it can serve.
    static func keys(at path: String, for token: String, in context: CommandContext) throws(CommandFailure) -> [RingKey]
    {
        let absolute = context.absolute(path)
        guard let data = FileManager.default.contents(atPath: absolute) else {
            throw CommandFailure(.inputMissing, "\(absolute) can't be read; name a JWK Set with --jwks")
        }
        do {
            let json = try StrictJSON(Array(data))
            return try keys(json, algorithm: algorithm(of: token)) { fault in
                CommandFailure(.configuration, "\(absolute): \(fault)")
            }
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(.configuration, "\(absolute) is not strict JSON: \(error)")
        }
    }

    private static func keys(
        _ json: StrictJSON, algorithm: KeyAlgorithm?, fault: (String) -> CommandFailure
    ) throws(CommandFailure) -> [RingKey] {
        let nodes: [StrictJSON.Node]
        if json.kind(json.root) == .object, let set = json.member(json.root, "keys") {
            guard json.kind(set) == .array else { throw fault("keys is not a list") }
            nodes = Array(json.elements(set))
        } else {
            nodes = [json.root]
        }
        var keys: [RingKey] = []
        for (index, node) in nodes.enumerated() {
            guard json.kind(node) == .object else { throw fault("key \(index) is not an object") }
            // Asymmetric keys may stand beside; they are not for this suite's algorithms.
            guard json.member(node, "kty").flatMap({ json.string($0) }) == "oct" else { continue }
            if let key = try key(json, node, algorithm: algorithm, fault: { fault("key \(index) \($0)") }) {
                keys.append(key)
            }
        }
        guard !keys.isEmpty else { throw fault("holds no symmetric key (kty oct) for HS256, HS384 or HS512") }
        return keys
    }

    /// Nil for a key that is meant for something else.
    private static func key(
        _ json: StrictJSON, _ node: StrictJSON.Node, algorithm: KeyAlgorithm?, fault: (String) -> CommandFailure
    ) throws(CommandFailure) -> RingKey? {
        func text(_ name: StaticString) -> String? { json.member(node, name).flatMap { json.string($0) } }
        if let use = text("use"), use != "sig" { return nil }
        if let operations = json.member(node, "key_ops") {
            guard json.kind(operations) == .array,
                json.elements(operations).contains(where: { json.equals($0, "verify") || json.equals($0, "sign") })
            else { return nil }
        }
        guard let bytes = text("k").flatMap({ Base64URL.decode($0) }) else {
            throw fault("has no k in canonical base64url")
        }
        let secret = SecretBytes(bytes)
        let named = text("alg")
        guard let own = named == nil ? algorithm : named.flatMap({ KeyAlgorithm(rawValue: $0) }) else { return nil }
        guard bytes.count >= own.minimumKeyBytes else {
            throw fault("has \(bytes.count) bytes; \(own.rawValue) needs \(own.minimumKeyBytes) (RFC 7518 §3.2)")
        }
        let derived = KeyID.derived(from: secret)
        let id = text("kid").map { KeyID($0) } ?? derived
        let state = text("state").flatMap { KeyState(rawValue: $0) } ?? .previous
        return RingKey(
            id: id, aliases: id == derived ? [] : [derived], algorithm: own, secret: secret, state: state,
            retireAt: json.member(node, "retire_at").flatMap { json.integer($0) })
    }

    private static func algorithm(of token: String) -> KeyAlgorithm? {
        let header = token.split(separator: ".", omittingEmptySubsequences: false).first.map(String.init) ?? ""
        guard let bytes = Base64URL.decode(header), let json = try? StrictJSON(bytes),
            json.kind(json.root) == .object
        else { return nil }
        return json.member(json.root, "alg").flatMap { json.string($0) }.flatMap { KeyAlgorithm(rawValue: $0) }
    }
}
