/// The members of one JWK, read by name; each fault names the key's position and the member.
struct JWKMembers {
    let json: StrictJSON
    let key: StrictJSON.Node
    let index: Int
    let malformed: (String) -> SecretError

    /// RFC 7517 §4.2 and §4.3: a key for encryption signs nothing.
    func requireSignatures() throws(SecretError) {
        if json.member(key, "use") != nil, try text("use") != "sig" {
            throw malformed("keys[\(index)].use is not \"sig\"")
        }
        guard let operations = json.member(key, "key_ops") else { return }
        let allowed = json.elements(operations).contains { json.equals($0, "sign") || json.equals($0, "verify") }
        guard allowed else { throw malformed("keys[\(index)].key_ops has neither \"sign\" nor \"verify\"") }
    }

    func material() throws(SecretError) -> KeyMaterial {
        do throws(KeyMaterialFault) {
            return try JWKMaterial(json: json, key: key).material()
        } catch {
            throw malformed("keys[\(index)].\(error.reason)")
        }
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_ name: StaticString) throws(SecretError) -> Choice
    where Choice.RawValue == String {
        guard let choice = Choice(rawValue: try text(name)) else {
            let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw malformed("keys[\(index)].\(name) is none of \(choices)")
        }
        return choice
    }

    func retireAt(of state: KeyState) throws(SecretError) -> Int64? {
        guard let node = json.member(key, "retire_at"), json.kind(node) != .null else { return nil }
        guard let seconds = json.floor(node), seconds >= 0 else {
            throw malformed("keys[\(index)].retire_at is no number of seconds since the epoch")
        }
        guard state == .previous || state == .revoked else {
            throw malformed("keys[\(index)].retire_at belongs to a previous key; this one is \(state.rawValue)")
        }
        return seconds
    }

    func keyID(maximumBytes: Int) throws(SecretError) -> KeyID {
        let text = try text("kid")
        guard (1...maximumBytes).contains(text.utf8.count), text.utf8.allSatisfy(Self.isKeyIDCharacter) else {
            throw malformed(
                "keys[\(index)].kid is not made of 1 to \(maximumBytes) letters, digits and the signs - . _ ~ : / + = @"
            )
        }
        return KeyID(text)
    }

    private func text(_ name: StaticString) throws(SecretError) -> String {
        guard let node = json.member(key, name) else { throw malformed("keys[\(index)].\(name) is missing") }
        guard let text = json.string(node) else { throw malformed("keys[\(index)].\(name) is no string") }
        return text
    }

    private static func isKeyIDCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~:/+=@".utf8.contains(byte)
        }
    }
}
