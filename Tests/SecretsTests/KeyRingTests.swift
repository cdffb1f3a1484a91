import Secrets
import Testing

@Suite("Keys and rings")
struct KeyRingTests {
    private func key(_ id: String, state: KeyState, retireAt: Int64? = nil, aliases: [String] = []) -> RingKey {
        RingKey(
            id: KeyID(id), aliases: aliases.map(KeyID.init), algorithm: .hs256,
            secret: SecretBytes(utf8: "bytes of \(id)"), state: state, retireAt: retireAt)
    }

    @Test(
        "a key verifies by its state and before its retirement",
        arguments: [
            (KeyState.next, Int64?.none, true), (.current, nil, true), (.previous, nil, true), (.revoked, nil, false),
            (.previous, 1001, true), (.previous, 1000, false), (.previous, 999, false), (.revoked, 2000, false),
        ])
    func verifies(state: KeyState, retireAt: Int64?, expected: Bool) {
        #expect(key("a", state: state, retireAt: retireAt).verifies(at: 1000) == expected)
    }

    @Test("a key is found exactly, by kid or alias, in any state, and never by falling back")
    func lookup() {
        let ring = KeyRing(
            keys: [key("a", state: .current, aliases: ["derived-a"]), key("b", state: .revoked)], source: "a test",
            environment: .test, version: 1)
        #expect(ring.key(KeyID("a"))?.id == KeyID("a"))
        #expect(ring.key(KeyID("derived-a"))?.id == KeyID("a"))
        #expect(ring.key(KeyID("b"))?.state == .revoked)
        #expect(ring.key(KeyID("A")) == nil)
        #expect(ring.key(KeyID("")) == nil)
        #expect(ring.current?.id == KeyID("a"))
    }

    @Test("secret bytes compare by content, also in constant time")
    func equality() {
        #expect(SecretBytes(utf8: "abc") == SecretBytes([97, 98, 99]))
        #expect(SecretBytes(utf8: "abc") != SecretBytes(utf8: "abd"))
        #expect(SecretBytes(utf8: "abc") != SecretBytes(utf8: "abcd"))
        #expect(SecretBytes(utf8: "abc").equalsInConstantTime("abc".utf8))
        #expect(!SecretBytes(utf8: "abc").equalsInConstantTime("ab".utf8))
        #expect(SecretBytes(utf8: "abc").hashValue == SecretBytes([97, 98, 99]).hashValue)
    }
}
