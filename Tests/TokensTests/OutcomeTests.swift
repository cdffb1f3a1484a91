import Secrets
import Testing
import Tokens

@Suite("Each outcome has its stable code")
struct OutcomeTests {
    @Test("the codes are the words of the contract")
    func codes() {
        let id = KeyID("k")
        let codes: [(TokenError, String)] = [
            (.missing, "missing_token"), (.malformed("x"), "malformed_token"),
            (.unsupportedAlgorithm("none"), "unsupported_algorithm"), (.unknownKey(id), "unknown_key"),
            (.badSignature(id), "bad_signature"), (.expired(at: 1), "expired"), (.notYetValid(at: 1), "not_yet_valid"),
            (.wrongIssuer("x"), "wrong_issuer"), (.wrongAudience, "wrong_audience"),
            (.roleNotAllowed("x"), "role_not_allowed"), (.tokenTooLong(bytes: 1), "token_too_long"),
            (.revoked(id), "revoked"),
        ]
        for (error, code) in codes { #expect(error.code == code) }
    }

    @Test("a good token is valid")
    func valid() {
        #expect(outcome(Mint.token()) == "valid")
    }

    @Test("no token at all is missing_token")
    func missing() {
        #expect(outcome("") == "missing_token")
    }

    @Test(
        "anything but three parts is malformed",
        arguments: [
            ".", "..", "...", "a", "a.b", "a.b.c", "a.b.c.d", "..sig", "null", "Bearer", " ", "\u{0}", "{}.{}.{}",
            "a.b.c.d.e",
        ])
    func notThreeParts(_ token: String) {
        #expect(outcome(token) == "malformed_token")
    }

    @Test("a token signed by nobody we know is bad_signature, and the error names the key it claimed")
    func badSignature() {
        let token = Mint.token(by: Keys.key(99))
        #expect(throws: TokenError.badSignature(Keys.current.id)) {
            try TokenVerifier(ring: Keys.ring, policy: VerificationPolicy()).verify(token, now: now)
        }
    }

    @Test("expiry: valid while now < exp + leeway, and not at it", arguments: [(959, "valid"), (960, "expired")])
    func expired(_ offset: Int64, _ expected: String) {
        #expect(outcome(Mint.token(), at: now + offset) == expected)
    }

    @Test("without leeway a token is expired at exp itself", arguments: [(899, "valid"), (900, "expired")])
    func expiredWithoutLeeway(_ offset: Int64, _ expected: String) {
        #expect(outcome(Mint.token(), policy: VerificationPolicy(leeway: 0), at: now + offset) == expected)
    }

    @Test(
        "a token from the future is not_yet_valid, beyond the leeway",
        arguments: [
            ("iat", 60, "valid"), ("iat", 61, "not_yet_valid"), ("nbf", 60, "valid"), ("nbf", 61, "not_yet_valid"),
        ])
    func notYetValid(_ claim: String, _ offset: Int64, _ expected: String) {
        #expect(outcome(Mint.token(payload: Payload().with(claim, "\(now + offset)").text)) == expected)
    }

    @Test(
        "an issuer that is not trusted is wrong_issuer, by exact comparison",
        arguments: ["lockstep-Platform", "lockstep-platform ", "lockstep", "evil", "lockstep-platform/"])
    func wrongIssuer(_ issuer: String) {
        #expect(outcome(Mint.token(payload: Payload().with("iss", "\"\(issuer)\"").text)) == "wrong_issuer")
    }

    @Test(
        "the audience is checked always, as a text or in a list",
        arguments: [
            (#""lockstep""#, "valid"), (#"["other","lockstep"]"#, "valid"), (#""Lockstep""#, "wrong_audience"),
            (#"["other"]"#, "wrong_audience"), ("[]", "wrong_audience"), (#""lockstep-probe""#, "wrong_audience"),
            (#"["lockstep",1]"#, "malformed_token"), ("1", "malformed_token"), ("null", "malformed_token"),
            (#"{"lockstep":true}"#, "malformed_token"), (#"[["lockstep"]]"#, "malformed_token"),
        ])
    func audience(_ aud: String, _ expected: String) {
        #expect(outcome(Mint.token(payload: Payload().with("aud", aud).text)) == expected)
    }

    @Test(
        "an issuer grants the roles it is trusted for, and no other",
        arguments: [
            ("lockstep-platform", #"["viewer","super_admin"]"#, "valid"),
            ("lockstep-platform", #"["customer"]"#, "role_not_allowed"),
            ("lockstep-platform", #"["viewer","customer_admin"]"#, "role_not_allowed"),
            ("lockstep-customer", #"["customer","customer_admin"]"#, "valid"),
            ("lockstep-customer", #"["super_admin"]"#, "role_not_allowed"),
            ("lockstep-customer", #"["customer","super_admin"]"#, "role_not_allowed"),
            ("lockstep-customer", #"["Customer"]"#, "role_not_allowed"),
            ("lockstep-customer", #"["customers"]"#, "role_not_allowed"),
        ])
    func roles(_ issuer: String, _ roles: String, _ expected: String) {
        let payload = Payload().with("iss", "\"\(issuer)\"").with("roles", roles).text
        #expect(outcome(Mint.token(payload: payload)) == expected)
    }

    @Test("the refused role is named")
    func namesTheRole() {
        let payload = Payload().with("iss", #""lockstep-customer""#).with("roles", #"["customer","super_admin"]"#).text
        #expect(throws: TokenError.roleNotAllowed("super_admin")) {
            try TokenVerifier(ring: Keys.ring, policy: VerificationPolicy()).verify(
                Mint.token(payload: payload), now: now)
        }
    }

    @Test("an issuer trusted for all roles may grant any")
    func allRoles() {
        let policy = VerificationPolicy(trustedIssuers: TrustedIssuers(["one": .all]))
        let payload = Payload().with("iss", #""one""#).with("roles", #"["customer","super_admin"]"#).text
        #expect(outcome(Mint.token(payload: payload), policy: policy) == "valid")
    }

    @Test("a token of 8 KiB passes, one byte more is token_too_long")
    func tooLong() throws {
        // The filler claim makes the length what it has to be; three more characters of it are four of the token.
        func token(fill: Int) -> String {
            Mint.token(payload: Payload().with("fill", "\"\(String(repeating: "x", count: fill))\"").text)
        }
        let fill = try #require((5_000..<6_200).last { token(fill: $0).utf8.count <= 8_192 })
        #expect(outcome(token(fill: fill)) == "valid")
        #expect(outcome(token(fill: fill + 1)) == "token_too_long")
        #expect(outcome(String(repeating: "a", count: 1_000_000)) == "token_too_long")
    }

    @Test("a huge header is token_too_long, in a token that is not")
    func hugeHeader() {
        let header = Mint.header(extra: #","x5c":["\#(String(repeating: "A", count: 3_000))"]"#)
        let token = Mint.token(header: header)
        #expect(token.utf8.count < 8_192)
        #expect(outcome(token) == "token_too_long")
    }
}
