/// Reads a key ring from a JWK Set (RFC 7517): symmetric keys (RFC 7518 §6.4), private ones (§6.2.2, §6.3.2, RFC 8037),
/// public ones that only verify, and public ones whose private half lies in a key management service (`kms`). Each has
/// `kid`, `alg` and `state` and, where it is `previous`, perhaps `retire_at` (seconds since the epoch).
///
/// Messages name the key by its position and the member by its name, and never repeat what stands in the text. Unknown
/// members are ignored, as RFC 7517 §4 wants; members that repeat are refused.
struct JWKSetReader {
    static let maximumKeys = 16
    static let maximumKeyIDBytes = 128

    let environment: DeploymentEnvironment
    let label: String

    func keys(_ secret: SecretBytes) throws(SecretError) -> [RingKey] {
        let json: StrictJSON
        do {
            json = try StrictJSON(secret.withUnsafeBytes { Array($0) })
        } catch {
            throw malformed("it begins like a JWK Set and is no strict JSON: \(error.description)")
        }
        guard let set = json.member(json.root, "keys"), json.kind(set) == .array else {
            let isLoneKey = json.member(json.root, "kty") != nil
            throw malformed(
                isLoneKey
                    ? #"it is a lone JWK: put it into a set, {"keys":[…]}"#
                    : #"the array "keys" is missing (RFC 7517 §5)"#)
        }
        let elements = Array(json.elements(set))
        guard elements.count <= Self.maximumKeys else {
            throw malformed("it holds \(elements.count) keys; at most \(Self.maximumKeys) are read")
        }
        var keys: [RingKey] = []
        for (index, element) in elements.enumerated() { keys.append(try key(json, element, index)) }
        try checkTogether(keys)
        return keys
    }

    private func key(_ json: StrictJSON, _ node: StrictJSON.Node, _ index: Int) throws(SecretError) -> RingKey {
        guard json.kind(node) == .object else { throw malformed("keys[\(index)] is no object") }
        let member = JWKMembers(json: json, key: node, index: index, malformed: malformed)
        try member.requireSignatures()
        let algorithm: KeyAlgorithm = try member.choice("alg")
        let state: KeyState = try member.choice("state")
        let retireAt = try member.retireAt(of: state)
        let id = try member.keyID(maximumBytes: Self.maximumKeyIDBytes)
        let material = try member.material()
        guard material.fits(algorithm) else {
            throw malformed(
                "keys[\(index)].alg is \(algorithm.rawValue), and kty says another kind of key (RFC 7518 §3.1)")
        }
        if !environment.allowsDevelopmentFallback, id.isDevelopmentFallback {
            throw KeyRules.developmentSecret(in: environment, label: "\(label), keys[\(index)].kid,")
        }
        if let secret = material.secret {
            guard !secret.equalsInConstantTime(id.rawValue.utf8), Base64URL.decode(id.rawValue) != Array(secret) else {
                throw malformed("keys[\(index)].kid is the key itself; a kid is shown to everybody")
            }
            guard !secret.isPEM else {
                throw malformed("keys[\(index)].k is the text of a key in PEM: who has that key could sign with it")
            }
            try KeyRules.check(
                secret, algorithm: algorithm, environment: environment, label: "\(label), keys[\(index)],")
        }
        let derived = KeyID.derived(from: material)
        return RingKey(
            id: id, aliases: derived == id ? [] : [derived], algorithm: algorithm, material: material, state: state,
            retireAt: retireAt)
    }

    private func checkTogether(_ keys: [RingKey]) throws(SecretError) {
        for (index, key) in keys.enumerated() {
            for (earlier, other) in keys[..<index].enumerated() {
                if key.id == other.id { throw malformed("keys[\(earlier)] and keys[\(index)] have the same kid") }
                if key.material == other.material
                    || key.material.publicKey.map({ $0 == other.material.publicKey }) ?? false
                {
                    throw malformed("keys[\(earlier)] and keys[\(index)] hold the same bytes")
                }
                if !Set(key.names).isDisjoint(with: other.names) {
                    throw malformed(
                        "the kid of one of keys[\(earlier)] and keys[\(index)] is derived from the other's bytes")
                }
            }
        }
        let current = keys.indices.filter { keys[$0].state == .current }
        guard current.count == 1 else {
            throw malformed(
                current.isEmpty
                    ? #"none of its \#(keys.count) keys has the state "current""#
                    : #"\#(current.map { "keys[\($0)]" }.joined(separator: ", ")) all have the state "current""#)
        }
    }

    private func malformed(_ what: String) -> SecretError {
        SecretError(
            code: "ring_malformed",
            message: """
                \(label) holds no usable key ring: \(what). A ring is a JWK Set (RFC 7517) of keys with kty, kid, alg, \
                state (next, current, previous, revoked; exactly one current) and their own members.
                """)
    }
}

extension Array<UInt8> {
    fileprivate init(_ secret: SecretBytes) { self = secret.withUnsafeBytes { [UInt8]($0) } }
}
