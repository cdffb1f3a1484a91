import Secrets
import Testing
import Tokens

@Suite("Signatures alone")
struct CompactJWSTests {
    let keys = PreparedKeys(keys: [Keys.current, Keys.key(2, .hs512, id: "wide")])

    @Test(
        "any payload passes, also bytes that are no text",
        arguments: [[], [0], [0xFF, 0xFE], Array("{".utf8)] as [[UInt8]])
    func anyPayload(_ payload: [UInt8]) throws {
        let token = Mint.signed(Mint.encode(#"{"alg":"HS256"}"#), Mint.encode(payload), by: Keys.current)
        let verified = try CompactJWS.verify(token, keys: keys, now: now)
        #expect(verified.payload == payload)
        #expect(verified.keyID == Keys.current.id)
        #expect(verified.algorithm == .hs256)
    }

    @Test("typ is not looked at, with and without kid", arguments: ["at+jwt", "probe+jwt", "anything", nil])
    func anyType(_ typ: String?) throws {
        for kid in ["wide", nil] {
            let token = Mint.token(header: Mint.header(alg: "HS512", typ: typ, kid: kid), by: Keys.key(2, .hs512))
            #expect(try CompactJWS.verify(token, keys: keys, now: now).keyID == KeyID("wide"))
        }
    }

    @Test(
        "the rules on header, keys and encoding are those of tokens",
        arguments: [
            (Mint.header(alg: "none"), "unsupported_algorithm"), (Mint.header(alg: "HS384"), "unsupported_algorithm"),
            (Mint.header(kid: "nobody"), "unknown_key"), (Mint.header(kid: "wide"), "unsupported_algorithm"),
            (Mint.header(extra: #","crit":["exp"]"#), "malformed_token"),
            (Mint.header(extra: #","b64":false"#), "malformed_token"),
            (Mint.header(extra: #","alg":"HS256""#), "malformed_token"),
        ])
    func rules(_ header: String, _ code: String) {
        let error = #expect(throws: TokenError.self) {
            try CompactJWS.verify(Mint.token(header: header), keys: keys, now: now)
        }
        #expect(error?.code == code)
    }

    @Test("a revoked or retired key of a set verifies nothing")
    func states() {
        let keys = PreparedKeys(keys: [
            Keys.key(1, id: "r", state: .revoked), Keys.key(2, id: "p", state: .previous, retireAt: now),
        ])
        for kid in ["r", "p"] {
            #expect(throws: TokenError.self) {
                try CompactJWS.verify(
                    Mint.token(header: Mint.header(kid: kid), by: Keys.key(kid == "r" ? 1 : 2)), keys: keys, now: now)
            }
        }
    }
}
