import Crypto
import Secrets
import Testing
import Tokens

@Suite("Attacks, each sent")
struct AttackTests {
    static let rsaPublicKey = """
        -----BEGIN PUBLIC KEY-----
        MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCqGKukO1De7zhZj6+H0qtjTkVxwTCpvKe4eCZ0FPqri0cb2JZfXJ/DgYSF6vUp
        wmJG8wVQZKjeGcjDOL5UlsuusFncCzWBQ7RKNUSesmQRMSGkVb1/3j+skZ6UtW+5u09lHNsj6tQ51s1SPrCBkedbNf0Tp0GbMJDy
        R4e9T04ZZwIDAQAB
        -----END PUBLIC KEY-----
        """

    @Test(
        "alg confusion: an HMAC over a public key's text, under RS256 or HS256, opens nothing",
        arguments: ["RS256", "HS256", "ES256", "PS256", "EdDSA"])
    func publicKeyAsSecret(_ alg: String) {
        let attacker = RingKey(
            id: Keys.current.id, algorithm: .hs256, secret: SecretBytes(utf8: Self.rsaPublicKey), state: .current)
        let token = Mint.token(header: Mint.header(alg: alg), by: attacker)
        #expect(outcome(token) == (alg == "HS256" ? "bad_signature" : "unsupported_algorithm"))
    }

    @Test(
        "alg confusion: another HMAC algorithm than the key's own is refused, with a signature that fits",
        arguments: [
            ("HS512", KeyAlgorithm.hs512, KeyAlgorithm.hs256), ("HS384", .hs384, .hs256), ("HS256", .hs256, .hs512),
            ("HS256", .hs256, .hs384),
        ])
    func otherHMAC(_ alg: String, _ signedWith: KeyAlgorithm, _ keyAlgorithm: KeyAlgorithm) {
        let ring = Keys.ring(Keys.key(1, keyAlgorithm))
        #expect(outcome(Mint.token(header: Mint.header(alg: alg), signedWith), ring: ring) == "unsupported_algorithm")
        // Nor without a kid, where keys are tried.
        let nameless = Mint.token(header: Mint.header(alg: alg, typ: "JWT", kid: nil), signedWith)
        #expect(outcome(nameless, ring: ring) == "unsupported_algorithm")
    }

    static let nones = (0..<16).map { bits in
        String("none".enumerated().map { bits >> $0.offset & 1 == 1 ? Character($0.element.uppercased()) : $0.element })
    }

    @Test("alg none in each of its sixteen spellings, with an empty signature or a good one", arguments: nones)
    func none(_ alg: String) {
        for typ in ["at+jwt", "JWT", nil] {
            for kid in [Keys.current.id.rawValue, nil] {
                let header = Mint.header(alg: alg, typ: typ, kid: kid)
                let unsigned = Mint.encode(header) + "." + Mint.encode(Payload().text) + "."
                #expect(outcome(unsigned) == "unsupported_algorithm")
                #expect(outcome(Mint.token(header: header)) == "unsupported_algorithm")
            }
        }
    }

    @Test(
        "other spellings and types of alg",
        arguments: [
            (#"{"alg":"hs256","typ":"at+jwt"}"#, "unsupported_algorithm"),
            (#"{"alg":"HS256 ","typ":"at+jwt"}"#, "unsupported_algorithm"),
            (#"{"alg":"","typ":"at+jwt"}"#, "unsupported_algorithm"),
            (#"{"alg":"HS1","typ":"at+jwt"}"#, "unsupported_algorithm"),
            (#"{"alg":null,"typ":"at+jwt"}"#, "malformed_token"),
            (#"{"alg":["HS256"],"typ":"at+jwt"}"#, "malformed_token"),
            (#"{"alg":256,"typ":"at+jwt"}"#, "malformed_token"),
            (#"{"typ":"at+jwt"}"#, "malformed_token"),
            (#"{"ALG":"HS256","typ":"at+jwt"}"#, "malformed_token"),
        ])
    func algSpellings(_ header: String, _ expected: String) {
        #expect(outcome(Mint.token(header: header)) == expected)
    }

    @Test("an empty signature under an honest alg")
    func emptySignature() {
        #expect(outcome(Mint.encode(Mint.header()) + "." + Mint.encode(Payload().text) + ".") == "bad_signature")
    }

    @Test(
        "crit, whatever it lists, and b64",
        arguments: [
            #","crit":["exp"]"#, #","crit":[]"#, #","crit":["b64"],"b64":false"#, #","crit":["b64"],"b64":true"#,
            #","b64":false"#, #","crit":"exp""#, #","\u0063rit":["exp"]"#,
        ])
    func crit(_ extra: String) {
        #expect(outcome(Mint.token(header: Mint.header(extra: extra))) == "malformed_token")
    }

    @Test(
        "jku, x5u, jwk and x5c that bring the attacker's own key are not looked at",
        arguments: [
            #","jku":"https://evil.example/keys.json""#, #","x5u":"https://evil.example/chain.pem""#,
            #","jwk":{"kty":"oct","k":"ZXZpbGV2aWxldmlsZXZpbGV2aWxldmlsZXZpbGV2aWw"}"#, #","x5c":["MIIB"]"#,
        ])
    func foreignKeys(_ extra: String) {
        let attacker = RingKey(
            id: Keys.current.id, algorithm: .hs256, secret: SecretBytes(utf8: "evilevilevilevilevilevilevilevil"),
            state: .current)
        let header = Mint.header(extra: extra)
        #expect(outcome(Mint.token(header: header, by: attacker)) == "bad_signature")
        // They make an honest token no worse either.
        #expect(outcome(Mint.token(header: header)) == "valid")
    }

    @Test(
        "an unknown kid is unknown_key, though the current key signed it",
        arguments: [
            "evil", "../../../../dev/null", "' OR 1=1 --", "dev-AAAAAAAAAAAA", "lockstep",
        ])
    func unknownKid(_ kid: String) {
        for typ in ["at+jwt", "JWT", nil] {
            #expect(outcome(Mint.token(header: Mint.header(typ: typ, kid: kid))) == "unknown_key")
        }
    }

    @Test("a kid that differs in case, by a prefix, a suffix or a space is another kid")
    func kidIsExact() {
        let key = Keys.key(1, id: "Key-1")
        for kid in ["key-1", "KEY-1", "Key-", "Key-11", " Key-1", "Key-1 "] {
            #expect(outcome(Mint.token(header: Mint.header(kid: kid)), ring: Keys.ring(key)) == "unknown_key")
        }
        #expect(outcome(Mint.token(header: Mint.header(kid: "Key-1")), ring: Keys.ring(key)) == "valid")
    }

    @Test(
        "a kid that is no plain text",
        arguments: [
            "null", "1", "[]", "{}", "\"\"", #""a\u0000b""#, #""a\r\nSet-Cookie: x""#,
            "\"" + String(repeating: "k", count: 257) + "\"",
        ])
    func kidTypes(_ kid: String) {
        #expect(outcome(Mint.token(header: Mint.header(kid: nil, extra: #","kid":"# + kid))) == "malformed_token")
    }

    @Test(
        "members that repeat: header, payload, nested, and spelled with escapes",
        arguments: [
            (#"{"alg":"none","typ":"at+jwt","alg":"HS256"}"#, ""),
            (#"{"alg":"HS256","typ":"at+jwt","\u0061lg":"none"}"#, ""),
            (#"{"alg":"HS256","typ":"at+jwt","x":{"a":1,"a":2}}"#, ""),
            ("", #"{"exp":1,"exp":9999999999}"#),
            ("", Payload().with("x", #"{"a":1,"b":[{"c":1,"c":1}]}"#).text),
            ("", Payload().with(#"\u0065xp"#, "9999999999").text),
            ("", Payload().with(#"r\u006Fles"#, #"["super_admin"]"#).text),
            ("", Payload().with("x", #"{"é":1,"\u00e9":2}"#).text),
            ("", Payload().with("x", #"{"🙂":1,"\ud83d\ude42":2}"#).text),
        ])
    func duplicates(_ header: String, _ payload: String) {
        let token = Mint.token(
            header: header.isEmpty ? Mint.header() : header, payload: payload.isEmpty ? Payload().text : payload)
        #expect(outcome(token) == "malformed_token")
    }

    @Test(
        "base64url that is not canonical, in each part, with a signature over exactly that text",
        arguments: [
            { $0 + "=" }, { $0 + "==" }, { $0 + " " }, { " " + $0 }, { $0 + "\n" }, { "\t" + $0 }, { $0 + "+" },
            { $0 + "/" },
            { $0 + "A" }, { $0.dropLast() + "%3D" }, { $0 + "\u{0}" }, { $0 + "é" },
        ] as [@Sendable (String) -> String])
    func notCanonical(_ spoil: @Sendable (String) -> String) {
        let header = Mint.encode(Mint.header())
        let payload = Mint.encode(Payload().text)
        // The header has a length that no appended letter can make another valid text of.
        #expect(outcome(Mint.signed(spoil(header), payload, by: Keys.current)) != "valid")
        #expect(outcome(Mint.signed(header, spoil(payload), by: Keys.current)) == "malformed_token")
        let good = Mint.token()
        #expect(outcome(spoil(good)) != "valid")
    }

    @Test("trailing bits that are not zero make another spelling of the same bytes: refused in every part")
    func trailingBits() throws {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        /// The other spellings that a lenient decoder takes for the same bytes.
        func siblings(_ text: String) throws -> [String] {
            let free = [2: 4, 3: 2][text.count % 4] ?? 0
            let last = try #require(alphabet.firstIndex(of: text.last ?? "A"))
            return (1..<(1 << free)).map { text.dropLast() + String(alphabet[last | $0]) }
        }
        // Spaces behind the JSON are allowed, and give each part the two lengths that have spare bits.
        for fill in 0..<3 {
            let header = Mint.encode(Mint.header() + String(repeating: " ", count: fill))
            let payload = Mint.encode(Payload().text + String(repeating: " ", count: fill))
            #expect(outcome(Mint.signed(header, payload, by: Keys.current)) == "valid")
            if header.count % 4 != 0 {
                for sibling in try siblings(header) {
                    #expect(outcome(Mint.signed(sibling, payload, by: Keys.current)) == "malformed_token")
                }
            }
            if payload.count % 4 != 0 {
                for sibling in try siblings(payload) {
                    #expect(outcome(Mint.signed(header, sibling, by: Keys.current)) == "malformed_token")
                }
            }
        }
        let parts = Mint.token().split(separator: ".").map(String.init)
        for sibling in try siblings(parts[2]) {
            #expect(outcome("\(parts[0]).\(parts[1]).\(sibling)") == "malformed_token")
        }
    }

    @Test("trailing junk: more parts, or more JSON behind the object")
    func trailingJunk() {
        let token = Mint.token()
        for junk in [".", ".x", ".e30", "..", " ", "\n", ",", ";" + token, "." + token] {
            #expect(outcome(token + junk) != "valid")
        }
        for junk in ["{}", ",", "null", "\u{0}", "]", "}"] {
            #expect(outcome(Mint.token(payload: Payload().text + junk)) == "malformed_token")
            #expect(outcome(Mint.token(header: Mint.header() + junk)) == "malformed_token")
        }
    }

    @Test("a signature that is cut, lengthened, or of another key, and every single bit of it flipped")
    func signatures() throws {
        let token = Mint.token()
        let cut = try #require(token.lastIndex(of: "."))
        let signed = String(token[..<cut])
        let tag = Mint.tag(signed, Keys.current)
        func with(_ tag: [UInt8]) -> String { outcome(signed + "." + Mint.encode(tag)) }
        #expect(with(tag) == "valid")
        for length in 0..<tag.count { #expect(with(Array(tag.prefix(length))) == "bad_signature") }
        for more in [1, 16, 32, 33, 4_000] {
            #expect(with(tag + [UInt8](repeating: 0, count: more)) == "bad_signature")
        }
        for index in tag.indices {
            for bit in 0..<8 {
                var changed = tag
                changed[index] ^= 1 << bit
                #expect(with(changed) == "bad_signature")
            }
        }
    }

    @Test("the payload of one token under the signature of another")
    func swappedPayload() {
        let mine = Mint.token().split(separator: ".")
        let other = Mint.token(payload: Payload().with("sub", #""u-2""#).with("user_id", nil).text).split(
            separator: ".")
        #expect(outcome("\(mine[0]).\(other[1]).\(mine[2])") == "bad_signature")
    }

    @Test("a role that would be two roles in a header: customer_,super_admin")
    func roleSmuggling() {
        for role in ["customer_,super_admin", "customer_ super_admin", "customer_;super_admin", #"customer_\r\nX: y"#] {
            let payload = Payload().with("iss", #""lockstep-customer""#).with("roles", "[\"\(role)\"]").text
            #expect(outcome(Mint.token(payload: payload)) == "malformed_token")
        }
    }

    @Test(
        "control characters in claims that become headers",
        arguments: [
            "sub", "email", "jti", "sid", "customer_id", "scope", "user_id",
        ])
    func headerInjection(_ claim: String) {
        for text in [
            #"a\r\nX-User-Roles: super_admin"#, #"a\u0000"#, #"a\nb"#, #"a\u007f"#, #"a\u0085b"#, #"a\u2028b"#,
        ] {
            var payload = Payload().with(claim, "\"\(text)\"")
            if claim == "sub" { payload = payload.with("user_id", nil) }
            #expect(outcome(Mint.token(payload: payload.text)) == "malformed_token")
        }
    }

    @Test("deep nesting and a crowd of members are refused, not recursed into")
    func bombs() {
        let deep = String(repeating: "[", count: 2_000) + String(repeating: "]", count: 2_000)
        #expect(outcome(Mint.token(payload: Payload().with("x", deep).text)) == "malformed_token")
        let crowd = (0..<400).map { "\"m\($0)\":1" }.joined(separator: ",")
        #expect(outcome(Mint.token(payload: Payload().with("x", "{\(crowd)}").text)) == "malformed_token")
        let wide = "[" + Array(repeating: "1", count: 2_500).joined(separator: ",") + "]"
        #expect(outcome(Mint.token(payload: Payload().with("x", wide).text)) == "malformed_token")
    }

    @Test("no error text carries the signature or the secret")
    func errorsAreClean() throws {
        let token = Mint.token(by: Keys.key(99))
        let signature = try #require(token.split(separator: ".").last)
        do {
            _ = try TokenVerifier(ring: Keys.ring, policy: VerificationPolicy()).verify(token, now: now)
            Issue.record("a foreign token was accepted")
        } catch {
            #expect(!"\(error)".contains(signature))
        }
    }
}
