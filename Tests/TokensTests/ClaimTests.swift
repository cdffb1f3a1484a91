import Testing
import Tokens

@Suite("Claims of access tokens")
struct ClaimTests {
    @Test("claims that must be there", arguments: ["iss", "sub", "aud", "iat", "exp", "roles"])
    func required(_ claim: String) {
        #expect(outcome(Mint.token(payload: Payload().with(claim, nil).text)) == "malformed_token")
        #expect(outcome(Mint.token(payload: Payload().with(claim, "null").text)) == "malformed_token")
    }

    @Test("claims that may be missing, or null", arguments: ["jti", "sid", "email", "user_id", "customer_id", "scope"])
    func optional(_ claim: String) {
        #expect(outcome(Mint.token(payload: Payload().with(claim, nil).text)) == "valid")
        #expect(outcome(Mint.token(payload: Payload().with(claim, "null").text)) == "valid")
    }

    @Test("a payload that is no object", arguments: ["", " ", "[]", "1", "null", "\"x\"", "{", "{}x", "\u{FEFF}{}"])
    func notAnObject(_ payload: String) {
        #expect(outcome(Mint.token(payload: payload)) == "malformed_token")
    }

    @Test(
        "texts of the wrong type, empty, too long, or with space around them",
        arguments: [
            "1", "true", "[]", "{}", "\"\"", "\" a\"", "\"a \"", "\"\(String(repeating: "x", count: 513))\"",
        ])
    func texts(_ json: String) {
        for claim in ["sub", "email", "jti", "sid", "customer_id"] {
            let payload = Payload().with("user_id", nil).with(claim, json).text
            #expect(outcome(Mint.token(payload: payload)) == "malformed_token")
        }
    }

    @Test(
        "user_id must be sub",
        arguments: [("\"u-1\"", "valid"), ("\"u-2\"", "malformed_token"), ("1", "malformed_token")])
    func userID(_ json: String, _ expected: String) {
        #expect(outcome(Mint.token(payload: Payload().with("user_id", json).text)) == expected)
    }

    @Test(
        "roles are a list of one to 32 short names",
        arguments: [
            ("[]", "malformed_token"), ("\"viewer\"", "malformed_token"), ("[1]", "malformed_token"),
            ("[null]", "malformed_token"), (#"["viewer",""]"#, "malformed_token"),
            (#"[["viewer"]]"#, "malformed_token"),
            (#"{"viewer":true}"#, "malformed_token"), (#"["rôle"]"#, "malformed_token"),
            ("[\"\(String(repeating: "r", count: 65))\"]", "malformed_token"),
            ("[\"\(String(repeating: "r", count: 64))\"]", "valid"),
            ("[" + Array(repeating: "\"r\"", count: 32).joined(separator: ",") + "]", "valid"),
            ("[" + Array(repeating: "\"r\"", count: 33).joined(separator: ",") + "]", "malformed_token"),
        ])
    func roles(_ json: String, _ expected: String) {
        #expect(outcome(Mint.token(payload: Payload().with("roles", json).text)) == expected)
    }

    @Test(
        "times are JSON numbers, whole or not; a text is none",
        arguments: [
            ("1800000900", "valid"), ("1800000900.75", "valid"), ("1.8000009e9", "valid"), ("18000009E+2", "valid"),
            ("180000090000e-2", "valid"), ("\"1800000900\"", "malformed_token"), ("01800000900", "malformed_token"),
            ("+1800000900", "malformed_token"), ("1800000900.", "malformed_token"), ("1.8e", "malformed_token"),
            (".5", "malformed_token"), ("0x6B49D200", "malformed_token"), ("NaN", "malformed_token"),
            ("Infinity", "malformed_token"), ("-", "malformed_token"), ("1e400", "malformed_token"),
            ("9007199254740993", "malformed_token"), ("99999999999999999999", "malformed_token"),
            ("true", "malformed_token"),
            ("1800000900 1", "malformed_token"), ("--1", "malformed_token"), ("1_800_000_900", "malformed_token"),
        ])
    func times(_ exp: String, _ expected: String) {
        #expect(outcome(Mint.token(payload: Payload().with("exp", exp).text)) == expected)
    }

    @Test(
        "a fraction of a second does not lengthen a life",
        arguments: [("1800000000.999", "expired"), ("-1.5", "malformed_token")])
    func fractions(_ exp: String, _ expected: String) {
        let payload = Payload().with("iat", "\(now - 900)").with("exp", exp).text
        #expect(outcome(Mint.token(payload: payload), policy: VerificationPolicy(leeway: 0)) == expected)
    }

    @Test("iat and nbf of the wrong type", arguments: ["iat", "nbf"])
    func otherTimes(_ claim: String) {
        for json in ["\"1800000000\"", "true", "[1800000000]", "1e300"] {
            #expect(outcome(Mint.token(payload: Payload().with(claim, json).text)) == "malformed_token")
        }
    }

    @Test(
        "a life longer than allowed, or one that ends before it begins",
        arguments: [
            (86_400, "valid"), (86_401, "malformed_token"), (0, "valid"), (-1, "malformed_token"),
            (604_800, "malformed_token"),
        ])
    func lifetime(_ seconds: Int64, _ expected: String) {
        #expect(outcome(Mint.token(payload: Payload().with("exp", "\(now + seconds)").text)) == expected)
    }

    @Test("a week is accepted where the verifier is set to it")
    func week() {
        let payload = Payload().with("exp", "\(now + 604_800)").text
        #expect(outcome(Mint.token(payload: payload), policy: VerificationPolicy(maximumLifetime: 604_800)) == "valid")
    }

    @Test(
        "token_version is a whole number that is not negative",
        arguments: [
            ("0", "valid"), ("7", "valid"), ("null", "valid"), ("-1", "malformed_token"), ("1.5", "malformed_token"),
            ("\"1\"", "malformed_token"), ("1e3", "malformed_token"),
        ])
    func tokenVersion(_ json: String, _ expected: String) {
        #expect(outcome(Mint.token(payload: Payload().with("token_version", json).text)) == expected)
    }

    @Test(
        "unknown claims do no harm, but are JSON like the rest",
        arguments: [
            (#"{"deep":[1,2,{"x":null}]}"#, "valid"), (#""\ud800""#, "malformed_token"),
            (#""\udc00\ud800""#, "malformed_token"),
            (#""\x""#, "malformed_token"), ("\"\u{1}\"", "malformed_token"), ("[1,]", "malformed_token"),
            (#"{"a":1,}"#, "malformed_token"), ("tru", "malformed_token"), ("'x'", "malformed_token"),
            ("01", "malformed_token"),
        ])
    func unknownClaims(_ json: String, _ expected: String) {
        #expect(outcome(Mint.token(payload: Payload().with("x", json).text)) == expected)
    }

    @Test(
        "bytes that are no UTF-8",
        arguments: [
            [0xFF], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0x80],
        ] as [[UInt8]])
    func invalidUTF8(_ bytes: [UInt8]) {
        let text = Payload().with("x", "\"@\"").text
        let payload = Array(text.utf8).flatMap { $0 == UInt8(ascii: "@") && text.last != "@" ? bytes : [$0] }
        // The email's @ is spoiled as well; the point is the same.
        let token = Mint.signed(Mint.encode(Mint.header()), Mint.encode(payload), by: Keys.current)
        #expect(outcome(token) == "malformed_token")
    }

    @Test("escapes in names and values mean what they mean")
    func escapes() throws {
        var payload = Payload().with("sub", nil).with("user_id", nil)
        payload.members.append((#"s\u0075b"#, #""\u00c5sa \ud83d\ude42""#))
        let identity = try TokenVerifier(ring: Keys.ring, policy: VerificationPolicy())
            .verify(Mint.token(payload: payload.text), now: now)
        #expect(identity.subject == "Åsa 🙂")
    }
}
