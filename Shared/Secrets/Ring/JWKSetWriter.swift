/// Writes keys as a JWK Set (RFC 7517).
package enum JWKSetWriter {
    /// The whole ring with its private members: what a store holds, and nobody else may see.
    package static func ring(_ keys: [RingKey]) -> SecretBytes {
        SecretBytes(set(keys.map { object($0, withPrivateMembers: true) }))
    }

    /// Public keys alone (RFC 7517 §4, with `use` and `state`); symmetric ones are left out.
    package static func published(_ keys: [RingKey]) -> [UInt8] {
        set(keys.filter { $0.material.publicKey != nil }.map { object($0, withPrivateMembers: false) })
    }

    private static func set(_ objects: [[UInt8]]) -> [UInt8] {
        var bytes = Array(#"{"keys":["#.utf8)
        for (index, object) in objects.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += object
        }
        return bytes + Array("]}".utf8)
    }

    private static func object(_ key: RingKey, withPrivateMembers: Bool) -> [UInt8] {
        var json = JSONObjectWriter()
        json.member("kid", key.id.rawValue)
        json.member("alg", key.algorithm.rawValue)
        json.member("use", "sig")
        json.member("state", key.state.rawValue)
        if withPrivateMembers, let retireAt = key.retireAt { json.member("retire_at", retireAt) }
        switch key.material {
        case .secret(let secret):
            json.member("kty", "oct")
            if withPrivateMembers { json.member("k", text(secret)) }
        case .publicKey(let publicKey): write(publicKey, to: &json)
        case .remote(let publicKey, let reference):
            write(publicKey, to: &json)
            if withPrivateMembers { json.member("kms", reference.description) }
        case .privateKey(let privateKey):
            write(privateKey.publicKey, to: &json)
            guard withPrivateMembers else { break }
            switch privateKey.members {
            case .rsa(let numbers):
                json.member("d", text(numbers.d))
                json.member("p", text(numbers.p))
                json.member("q", text(numbers.q))
                json.member("dp", text(numbers.dp))
                json.member("dq", text(numbers.dq))
                json.member("qi", text(numbers.qi))
            case .ec(let d), .ed25519(let d): json.member("d", text(d))
            }
        }
        return json.finish()
    }

    private static func write(_ key: PublicKey, to json: inout JSONObjectWriter) {
        switch key.members {
        case .rsa(let modulus, let exponent):
            json.member("kty", "RSA")
            json.member("n", Base64URL.encode(modulus))
            json.member("e", Base64URL.encode(exponent))
        case .ec(let curve, let x, let y):
            json.member("kty", "EC")
            json.member("crv", curve.rawValue)
            json.member("x", Base64URL.encode(x))
            json.member("y", Base64URL.encode(y))
        case .ed25519(let x):
            json.member("kty", "OKP")
            json.member("crv", "Ed25519")
            json.member("x", Base64URL.encode(x))
        }
    }

    private static func text(_ secret: SecretBytes) -> String {
        secret.withUnsafeBytes { Base64URL.encode(Array($0)) }
    }
}
