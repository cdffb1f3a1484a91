import Secrets
import Testing
import Tokens

@Suite("How long a verification holds")
struct ValidityTests {
    private static let policy = VerificationPolicy(leeway: 60)

    /// Verifying again at each second around a bound comes to what the range says.
    private func expectAgreement(_ token: String, ring: KeyRing = Keys.ring) throws {
        let verifier = TokenVerifier(ring: ring, policy: Self.policy)
        let validity = try verifier.verified(token, now: now).validity
        for bound in [validity.lowerBound, validity.upperBound] {
            for second in (bound - 2)...(bound + 2) {
                let verifies = (try? verifier.verify(token, now: second)) != nil
                #expect(verifies == validity.contains(second), "at \(second - now) s of \(validity)")
            }
        }
    }

    @Test("from iat to exp, with the leeway on both sides")
    func times() throws { try expectAgreement(Mint.token()) }

    @Test("not before nbf")
    func notBefore() throws {
        try expectAgreement(Mint.token(payload: Payload().with("nbf", "\(now + 30)").text))
    }

    @Test("not beyond the retirement of the key")
    func retirement() throws {
        let key = Keys.key(5, state: .previous, retireAt: now + 10)
        let token = Mint.token(header: Mint.header(kid: key.id.rawValue), by: key)
        let ring = Keys.ring(Keys.current, key)
        try expectAgreement(token, ring: ring)
        let validity = try TokenVerifier(ring: ring, policy: Self.policy).verified(token, now: now).validity
        #expect(validity.upperBound == now + 10)
    }
}
