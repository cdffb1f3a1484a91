import Secrets
import Testing
import Tokens

@Suite("Explaining a token of an asymmetric key")
struct AsymmetricExplanationTests {
    private func explain(_ token: String, _ keys: RingKey...) -> TokenExplanation {
        TokenExplanation.of(
            token, ring: KeyRing(keys: keys, source: "a test", environment: .production, version: 1),
            policy: VerificationPolicy(), now: now)
    }

    @Test("which held key signed it, also under a kid that is not held", arguments: AsymmetricAttackTests.asymmetric)
    func signer(_ algorithm: KeyAlgorithm) throws {
        let key = Keys.key(1, algorithm)
        let held = AsymmetricAttackTests.published(key)
        let valid = explain(try AsymmetricAttackTests.token(key), Keys.current.becoming(.previous), held)
        #expect(valid.verdict == "valid")
        #expect(valid.signer == .held(key.id))
        let header = Mint.header(alg: algorithm.rawValue, kid: "abc")
        let unknown = explain(try AsymmetricAttackTests.token(key, header: header), held)
        #expect(unknown.verdict == "unknown_key")
        #expect(unknown.signer == .held(key.id))
        #expect(unknown.cause.contains("different names"))
    }

    @Test("the same RSA key under another algorithm")
    func otherAlgorithm() throws {
        let key = Keys.key(1, .rs256)
        let other = AsymmetricAttackTests.key(key, as: .ps256)
        let explanation = explain(try AsymmetricAttackTests.token(other), AsymmetricAttackTests.published(key))
        #expect(explanation.verdict == "unsupported_algorithm")
        #expect(explanation.signer == .heldUnder(key.id, .ps256))
    }

    @Test(
        "a forgery whose secret is the public key is named as what it is",
        arguments: [KeyAlgorithm.rs256, .es256, .eddsa])
    func keyConfusion(_ algorithm: KeyAlgorithm) throws {
        let key = Keys.key(1, algorithm)
        for secret in try AsymmetricAttackTests.spellings(key).prefix(3) {
            let attacker = RingKey(id: key.id, algorithm: .hs256, secret: SecretBytes(secret), state: .current)
            let header = AsymmetricAttackTests.header(key, alg: "HS256")
            let explanation = explain(Mint.token(header: header, by: attacker), AsymmetricAttackTests.published(key))
            #expect(explanation.verdict == "unsupported_algorithm")
            #expect(explanation.signer == .publicKeyAsSecret(key.id))
            #expect(explanation.cause.contains("public key"))
            #expect(explanation.mend.contains("forgery"))
        }
    }
}
