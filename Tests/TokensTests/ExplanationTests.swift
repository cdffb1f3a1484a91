import Secrets
import Testing
import Tokens

@Suite("Explaining a token")
struct ExplanationTests {
    func explain(_ token: String, ring: KeyRing = Keys.ring, at time: Int64 = now) -> TokenExplanation {
        TokenExplanation.of(token, ring: ring, policy: VerificationPolicy(), now: time)
    }

    @Test("a valid token: what stands in it, who signed it, and that it passes")
    func valid() {
        let explanation = explain(Mint.token())
        #expect(explanation.verdict == "valid")
        #expect(explanation.faults.isEmpty)
        #expect(explanation.signer == .held(Keys.current.id))
        #expect(explanation.header.map(\.name) == ["alg", "typ", "kid"])
        #expect(explanation.claims.first { $0.name == "roles" }?.json == #"["viewer"]"#)
        #expect(explanation.claims.first { $0.name == "sub" }?.json == #""u-1""#)
        #expect(explanation.held.map(\.id) == [Keys.current.id])
        #expect(explanation.identity?.subject == "u-1")
        #expect(explanation.mend.isEmpty)
        #expect(explanation.cause.contains("15 min"))
    }

    @Test(
        "the verdict is always the verifier's own",
        arguments: [
            "", "x", Mint.token(by: Keys.key(9)), Mint.token(header: Mint.header(kid: "nobody")),
            Mint.token(header: Mint.header(alg: "none")),
            Mint.token(payload: Payload().with("exp", "\(now - 400)").with("iat", "\(now - 500)").text),
            Mint.token(payload: Payload().with("iat", "\(now + 500)").text),
            Mint.token(payload: Payload().with("iss", #""x""#).text),
            Mint.token(payload: Payload().with("aud", #""x""#).text),
            Mint.token(payload: Payload().with("roles", #"["customer"]"#).text), String(repeating: "x", count: 9_000),
            Mint.token(header: Mint.header(typ: "probe+jwt")),
        ])
    func verdict(_ token: String) {
        let explanation = explain(token)
        #expect(explanation.verdict == outcome(token))
        #expect(explanation.verdict != "valid")
        #expect(!explanation.cause.isEmpty)
        #expect(!explanation.mend.isEmpty)
    }

    @Test("an unknown kid: both are named, and what to compare")
    func unknownKey() {
        let explanation = explain(Mint.token(header: Mint.header(kid: "abc"), by: Keys.key(9)))
        #expect(explanation.verdict == "unknown_key")
        #expect(explanation.signer == nil)
        #expect(explanation.cause.contains("abc"))
        #expect(explanation.cause.contains(Keys.current.id.rawValue))
        #expect(explanation.cause.contains("a test"))
        #expect(explanation.mend.contains("lockstep secret diagnose"))
    }

    @Test("the same bytes under two names")
    func sameBytes() {
        let explanation = explain(Mint.token(header: Mint.header(kid: "abc")))
        #expect(explanation.verdict == "unknown_key")
        #expect(explanation.signer == .held(Keys.current.id))
        #expect(explanation.cause.contains("same bytes"))
    }

    @Test("the issuer is on the development fallback")
    func developmentFallback() {
        let key = RingKey(
            id: .derived(from: DevelopmentFallback.secret), algorithm: .hs256, secret: DevelopmentFallback.secret,
            state: .current)
        let explanation = explain(Mint.token(header: Mint.header(kid: key.id.rawValue), by: key))
        #expect(explanation.verdict == "unknown_key")
        #expect(explanation.signer == .developmentFallback)
        #expect(explanation.cause.contains("development fallback"))
        #expect(explanation.mend.contains("JWT_SECRET"))
    }

    @Test(
        "two services with the same secret, spelled differently",
        arguments: [
            ("\(text)\n", "line feed"), ("\(text)\r\n", "line end"), ("\"\(text)\"", "quotation marks"),
            ("'\(text)'", "quotation marks"),
        ])
    func variants(_ issuerHas: String, _ difference: String) {
        let held = RingKey(id: KeyID("h"), algorithm: .hs256, secret: SecretBytes(utf8: Self.text), state: .current)
        let issuers = RingKey(id: KeyID("i"), algorithm: .hs256, secret: SecretBytes(utf8: issuerHas), state: .current)
        let explanation = explain(Mint.token(header: Mint.header(kid: "i"), by: issuers), ring: Keys.ring(held))
        #expect(explanation.verdict == "unknown_key")
        guard case .variant(KeyID("h"), let found) = explanation.signer else {
            Issue.record("not found: \(String(describing: explanation.signer))")
            return
        }
        #expect(found.contains(difference))
        #expect(explanation.cause.contains(difference))
        // And the other way round: this service has the line feed, the issuer not.
        let swapped = explain(Mint.token(header: Mint.header(kid: "h"), by: held), ring: Keys.ring(issuers))
        guard case .variant = swapped.signer else {
            Issue.record("not found the other way round")
            return
        }
    }

    static let text = "dGhpcyBpcyBub3QgYSBzZWNyZXQsIGl0IGlzIGEgdGVzdCE"

    @Test("one service decodes the secret from base64 or hexadecimal digits, the other does not")
    func encodings() throws {
        let base64 = RingKey(id: KeyID("h"), algorithm: .hs256, secret: SecretBytes(utf8: Self.text), state: .current)
        let decoded = RingKey(
            id: KeyID("i"), algorithm: .hs256, secret: SecretBytes(try #require(Base64URL.decode(Self.text))),
            state: .current)
        #expect(
            explain(Mint.token(header: Mint.header(kid: "i"), by: decoded), ring: Keys.ring(base64)).signer
                == .variant(KeyID("h"), "decoded from base64"))
        #expect(
            explain(Mint.token(header: Mint.header(kid: "h"), by: base64), ring: Keys.ring(decoded)).signer
                == .variant(KeyID("i"), "encoded as base64url"))
        let digits = RingKey(
            id: KeyID("x"), algorithm: .hs256, secret: SecretBytes(utf8: String(repeating: "0a1B", count: 16)),
            state: .current)
        let bytes = RingKey(
            id: KeyID("y"), algorithm: .hs256,
            secret: SecretBytes((0..<32).map { $0.isMultiple(of: 2) ? 0x0A : 0x1B }), state: .current)
        #expect(
            explain(Mint.token(header: Mint.header(kid: "y"), by: bytes), ring: Keys.ring(digits)).signer
                == .variant(KeyID("x"), "decoded from hexadecimal digits"))
    }

    @Test("a sample from a document, without kid, as an old plugin signs")
    func sample() {
        let key = RingKey(
            id: KeyID("x"), algorithm: .hs256, secret: SecretBytes(utf8: "dev_secret_key_change_in_production"),
            state: .current)
        let explanation = explain(Mint.token(header: Mint.header(typ: "JWT", kid: nil), by: key))
        #expect(explanation.verdict == "bad_signature")
        #expect(explanation.signer == .publishedSample)
        #expect(explanation.cause.contains("public documents"))
        #expect(!explanation.cause.contains("change_in_production"))
    }

    @Test("the same key under two algorithms")
    func algorithms() {
        let explanation = explain(Mint.token(header: Mint.header(alg: "HS512"), .hs512))
        #expect(explanation.verdict == "unsupported_algorithm")
        #expect(explanation.signer == .heldUnder(Keys.current.id, .hs512))
        #expect(explanation.mend.contains("JWT_ALGORITHM"))
    }

    @Test("a retired key is not called unknown, and a revoked one is called revoked")
    func retired() {
        let previous = Keys.key(5, state: .previous, retireAt: now - 3_600)
        let token = Mint.token(header: Mint.header(kid: previous.id.rawValue), by: previous)
        #expect(explain(token, ring: Keys.ring(Keys.current, previous)).cause.contains("retired 1 h ago"))
        let revoked = Keys.key(5, state: .revoked)
        let explanation = explain(token, ring: Keys.ring(Keys.current, revoked))
        #expect(explanation.verdict == "revoked")
        #expect(explanation.signer == .held(revoked.id))
    }

    @Test(
        "what people paste along is taken off, and said",
        arguments: ["Bearer %", " %\n", "Authorization: Bearer %", "bearer   %"])
    func pasted(_ pattern: String) {
        let parts = pattern.split(separator: "%", omittingEmptySubsequences: false)
        let explanation = explain(parts[0] + Mint.token() + parts[1])
        #expect(explanation.verdict == "valid")
        #expect(!explanation.faults.isEmpty)
    }

    @Test(
        "structure faults are told for each part",
        arguments: [
            ("a", "1 part instead"), ("a.b.c.d", "4 parts instead"), ("a.b.c.d.e", "JWE"), ("ab=.e30.AA", "padded"),
            ("a+b/.e30.AA", "plain base64"), ("e3 0.e30.AA", "space"), ("e30.e30.", "signature is empty"),
            ("bnVsbA.e30.AA", "header: not an object"), ("e30.eyJhIjoxLCJhIjoyfQ.AA", "a member is repeated"),
            ("e30.e30.A", "signature: not canonical"),
        ])
    func faults(_ token: String, _ fault: String) {
        #expect(explain(token).faults.contains { $0.contains(fault) })
    }

    @Test("nothing shown has a control character, the signature or a secret in it, and everything is bounded")
    func displaySafe() throws {
        let payload = Payload().with("x", "\"\u{9B}31m\u{202E}\(String(repeating: "long ", count: 200))\"")
            .with("kid\u{2028}", #""\u001b[2J""#).text
        let token = Mint.token(header: Mint.header(kid: "\u{85}\u{200F}abc", extra: ""), payload: payload)
        let explanation = explain(token)
        let shown = "\(explanation)"
        let signature = try #require(token.split(separator: ".").last)
        #expect(!shown.contains(signature))
        let secret = Mint.encode(Mint.bytes(of: Keys.current))
        #expect(!shown.contains(secret))
        for field in explanation.header + explanation.claims {
            #expect(field.json.unicodeScalars.count <= 257)
            for scalar in (field.name + field.json).unicodeScalars {
                #expect(scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value) && scalar != "\u{202E}")
            }
        }
    }
}
