package import Secrets

/// Keys that only verify, from a JWK Set (RFC 7517) or a single JWK, with or without the `state` that a ring wants.
///
/// `use` and `key_ops` are respected, and a set is refused whole where one of its keys is not what it should be. Texts of
/// the set are not repeated in errors: a key may stand where it should not.
package struct JWKSet: Sendable {
    /// At least one. A key without `kid` is named by its derived one.
    package let keys: [RingKey]
    /// Keys of the set that are not for verifying, and why.
    package let passedOver: [String]
    /// One of them has private members. Only its public half was taken; where the set came over a wire, somebody
    /// publishes what nobody may have.
    package let holdsPrivateKeys: Bool

    /// - Parameter algorithm: of keys that name none (RFC 7517 §4.4 lets them); nil refuses those.
    package init(_ bytes: [UInt8], algorithm: KeyAlgorithm? = nil) throws(JWKSetFault) {
        let json: StrictJSON
        do { json = try StrictJSON(bytes) } catch { throw JWKSetFault(reason: "not strict JSON: \(error)") }
        let members = try Self.members(json)
        var keys: [RingKey] = []
        var passedOver: [String] = []
        var types: Set<Bool> = []
        var holdsPrivateKeys = false
        for (index, member) in members.enumerated() {
            let reader = VerificationKeyReader(
                json: json, key: member, label: "keys[\(index)]", algorithm: algorithm)
            types.insert(try reader.isSymmetric())
            if reader.hasPrivateMembers { holdsPrivateKeys = true }
            switch try reader.read() {
            case .key(let key): keys.append(key)
            case .passedOver(let reason): passedOver.append(reason)
            }
        }
        // A public key beside a secret one is how a public key comes to be used as a secret.
        guard types.count == 1 else { throw JWKSetFault(reason: "symmetric and asymmetric keys in one set") }
        let names = keys.map(\.id)
        guard Set(names).count == names.count else { throw JWKSetFault(reason: "two keys have the same kid") }
        guard !keys.isEmpty else {
            throw JWKSetFault(reason: "no key for verifying: \(passedOver.joined(separator: ", "))")
        }
        self.keys = keys
        self.passedOver = passedOver
        self.holdsPrivateKeys = holdsPrivateKeys
    }

    private static func members(_ json: StrictJSON) throws(JWKSetFault) -> [StrictJSON.Node] {
        guard json.kind(json.root) == .object else { throw JWKSetFault(reason: "not an object") }
        if json.member(json.root, "kty") != nil { return [json.root] }
        guard let keys = json.member(json.root, "keys"), json.kind(keys) == .array else {
            throw JWKSetFault(reason: "neither a JWK nor a set with a list of keys")
        }
        let members = Array(json.elements(keys))
        guard (1...64).contains(members.count), members.allSatisfy({ json.kind($0) == .object }) else {
            throw JWKSetFault(reason: "keys is not a list of 1 to 64 objects")
        }
        return members
    }
}

/// Why a JWK Set can't be used for verifying. Repeats nothing of it.
package struct JWKSetFault: Error, Sendable, Equatable, CustomStringConvertible {
    package let reason: String

    package init(reason: String) { self.reason = reason }

    package var description: String { reason }
}
