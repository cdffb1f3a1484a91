import Secrets
import Testing
import Tokens

@Suite("Which key verifies")
struct KeyTests {
    @Test("next, current and previous keys verify by their kid", arguments: [KeyState.next, .current, .previous])
    func states(_ state: KeyState) {
        let key = Keys.key(5, state: state)
        let ring = state == .current ? Keys.ring(key) : Keys.ring(Keys.current, key)
        #expect(outcome(Mint.token(header: Mint.header(kid: key.id.rawValue), by: key), ring: ring) == "valid")
    }

    @Test("a revoked key's tokens are revoked, whatever their signature; without kid they are bad_signature")
    func revoked() {
        let key = Keys.key(5, state: .revoked)
        let ring = Keys.ring(Keys.current, key)
        #expect(outcome(Mint.token(header: Mint.header(kid: key.id.rawValue), by: key), ring: ring) == "revoked")
        #expect(outcome(Mint.token(header: Mint.header(kid: key.id.rawValue)), ring: ring) == "revoked")
        #expect(outcome(Mint.token(header: Mint.header(typ: "JWT", kid: nil), by: key), ring: ring) == "bad_signature")
    }

    @Test(
        "a previous key verifies until it is retired, then it is unknown",
        arguments: [(9, "valid"), (10, "unknown_key")])
    func retired(_ offset: Int64, _ expected: String) {
        let key = Keys.key(5, state: .previous, retireAt: now + 10)
        let ring = Keys.ring(Keys.current, key)
        let token = Mint.token(header: Mint.header(kid: key.id.rawValue), by: key)
        #expect(outcome(token, ring: ring, at: now + offset) == expected)
        let nameless = Mint.token(header: Mint.header(typ: "JWT", kid: nil), by: key)
        #expect(outcome(nameless, ring: ring, at: now + offset) == (expected == "valid" ? "valid" : "bad_signature"))
    }

    @Test("a key that brings its own kid answers to the derived one too, and is called by its own")
    func alias() throws {
        let derived = KeyID.derived(from: Keys.secret(5))
        let key = Keys.key(5, id: "2026-a", aliases: [derived])
        let ring = Keys.ring(key)
        for kid in ["2026-a", derived.rawValue] {
            let token = Mint.token(header: Mint.header(kid: kid), by: key)
            let identity = try TokenVerifier(ring: ring, policy: VerificationPolicy()).verify(token, now: now)
            #expect(identity.keyID == KeyID("2026-a"))
        }
    }

    @Test("an empty ring knows no key")
    func empty() {
        let ring = KeyRing(keys: [], source: "a test", environment: .production, version: 1)
        #expect(outcome(Mint.token(), ring: ring) == "unknown_key")
        #expect(outcome(Mint.token(header: Mint.header(typ: "JWT", kid: nil)), ring: ring) == "unsupported_algorithm")
    }

    @Test("older issuers' tokens, typ JWT or none, verify with and without kid", arguments: ["JWT", "jwt", nil])
    func older(_ typ: String?) throws {
        let ring = Keys.ring(Keys.key(5, state: .previous), Keys.current)
        #expect(outcome(Mint.token(header: Mint.header(typ: typ)), ring: ring) == "valid")
        let token = Mint.token(header: Mint.header(typ: typ, kid: nil))
        let identity = try TokenVerifier(ring: ring, policy: VerificationPolicy()).verify(token, now: now)
        #expect(identity.keyID == Keys.current.id)
    }

    @Test("a token that says at+jwt has a kid")
    func newerHasKid() {
        #expect(outcome(Mint.token(header: Mint.header(kid: nil))) == "malformed_token")
    }

    @Test("a token without kid is tried against four keys of its algorithm, the current one first")
    func atMostFour() {
        // Six that verify: the current one stands last in the ring and is tried first all the same.
        let others = (10..<15).map { Keys.key(UInt8($0), state: .previous) }
        let wide = (20..<30).map { Keys.key(UInt8($0), .hs512, state: .previous) }
        let ring = KeyRing(
            keys: wide + others + [Keys.current], source: "a test", environment: .production, version: 1)
        func nameless(_ key: RingKey) -> String { Mint.token(header: Mint.header(typ: "JWT", kid: nil), by: key) }
        #expect(outcome(nameless(Keys.current), ring: ring) == "valid")
        #expect(
            others.map { outcome(nameless($0), ring: ring) } == [
                "valid", "valid", "valid", "bad_signature", "bad_signature",
            ])
        #expect(throws: TokenError.badSignature(nil)) {
            try TokenVerifier(ring: ring, policy: VerificationPolicy()).verify(nameless(others[4]), now: now)
        }
    }

    @Test(
        "the development fallback's kid is refused by its name in staging and production",
        arguments: [
            (DeploymentEnvironment.development, "valid"), (.test, "valid"), (.staging, "unknown_key"),
            (.production, "unknown_key"),
        ])
    func developmentKey(_ environment: DeploymentEnvironment, _ expected: String) {
        let key = Keys.key(5, id: "dev-AAAAAAAAAAAA")
        let ring = Keys.ring(key, environment: environment)
        #expect(outcome(Mint.token(header: Mint.header(kid: key.id.rawValue), by: key), ring: ring) == expected)
    }

    @Test(
        "a key of 5 bytes, or one byte short of its hash, verifies nothing and signs nothing",
        arguments: [
            (KeyAlgorithm.hs256, 5), (.hs256, 31), (.hs384, 47), (.hs512, 63),
        ])
    func shortKeys(_ algorithm: KeyAlgorithm, _ count: Int) {
        let key = RingKey(
            id: KeyID("short"), algorithm: algorithm, secret: Keys.secret(3, count: count), state: .current)
        let ring = Keys.ring(key)
        let header = Mint.header(alg: algorithm.rawValue, kid: "short")
        #expect(outcome(Mint.token(header: header, by: key), ring: ring) == "unknown_key")
        let issuer = TokenIssuer(issuer: "lockstep-platform", audience: "lockstep", lifetime: 900)
        let claims = AccessClaims(subject: "u", email: "a@b", roles: ["viewer"], sessionID: "s")
        let error = #expect(throws: SecretError.self) { try issuer.issue(claims, ring: ring, now: now) }
        #expect(error?.code == "secret_too_short")
        #expect(throws: SecretError.self) {
            try KeyProbeToken.issue(kid: nil, ring: ring, issuer: "lockstep-platform", now: now)
        }
    }

    @Test("our own header read by its bytes gives the same identity as the same header read as JSON")
    func fastPath() throws {
        let verifier = TokenVerifier(ring: Keys.ring, policy: VerificationPolicy())
        let fast = try verifier.verify(Mint.token(), now: now)
        // One space more, and the bytes are not those of our own header any more.
        let slow = try verifier.verify(Mint.token(header: Mint.header() + " "), now: now)
        #expect(fast == slow)
    }
}
