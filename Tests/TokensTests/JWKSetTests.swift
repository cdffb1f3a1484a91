import Secrets
import Testing
import Tokens

@Suite("JWK Sets for verifying")
struct JWKSetTests {
    static let k = Mint.encode([UInt8](repeating: 7, count: 64))

    static func jwk(_ members: String) -> String { #"{"kty":"oct","alg":"HS256","k":"\#(k)"\#(members)}"# }
    static func read(_ text: String) throws(JWKSetFault) -> JWKSet { try JWKSet(Array(text.utf8)) }

    @Test("a single key, or a set of keys, with and without kid and state")
    func reads() throws {
        #expect(
            try Self.read(Self.jwk("")).keys[0].id == KeyID.derived(from: SecretBytes([UInt8](repeating: 7, count: 64)))
        )
        let set = try Self.read(
            #"{"keys":[\#(Self.jwk(#","kid":"a","state":"revoked""#)),\#(Self.jwk(#","kid":"b","state":"previous","retire_at":5"#)),\#(Self.jwk(#","kid":"c","use":"sig","key_ops":["sign","verify"],"unknown":[1]"#))]}"#
        )
        #expect(set.keys.map(\.id.rawValue) == ["a", "b", "c"])
        #expect(set.keys.map(\.state) == [.revoked, .previous, .current])
        #expect(set.keys[1].retireAt == 5)
        #expect(set.keys[2].aliases == [KeyID.derived(from: set.keys[2].material)])
    }

    @Test("a key without alg is refused, or taken for the algorithm that the caller names, and long enough for it")
    func withoutAlgorithm() throws {
        let text = Array(#"{"kty":"oct","k":"\#(Mint.encode([UInt8](repeating: 7, count: 40)))"}"#.utf8)
        #expect(throws: JWKSetFault.self) { try JWKSet(text) }
        #expect(try JWKSet(text, algorithm: .hs256).keys[0].algorithm == .hs256)
        #expect(throws: JWKSetFault.self) { try JWKSet(text, algorithm: .hs512) }
        // A key's own word is not overruled.
        #expect(try JWKSet(Array(Self.jwk("").utf8), algorithm: .hs512).keys[0].algorithm == .hs256)
    }

    @Test(
        "keys that are not for verifying are passed over, and said",
        arguments: [
            #","kid":"e","use":"enc""#, #","kid":"e","key_ops":["sign"]"#, #","kid":"e","key_ops":[]"#,
            #","kid":"e","key_ops":["encrypt","decrypt"]"#,
        ])
    func passedOver(_ members: String) throws {
        let set = try Self.read(#"{"keys":[\#(Self.jwk(members)),\#(Self.jwk(#","kid":"s""#))]}"#)
        #expect(set.keys.map(\.id.rawValue) == ["s"])
        #expect(set.passedOver.count == 1)
        #expect(throws: JWKSetFault.self) { try Self.read(Self.jwk(members)) }
    }

    @Test(
        "sets that are refused whole, without a word of what stands in them",
        arguments: [
            "", "[]", "{}", #"{"keys":[]}"#, #"{"keys":{}}"#, #"{"keys":[1]}"#, jwk("") + " x",
            jwk(#","alg":"HS256""#), #"{"alg":"HS256","k":"\#(k)"}"#, #"{"kty":"oct","k":"\#(k)"}"#,
            #"{"kty":"oct","alg":"HS256"}"#, #"{"kty":"oct","alg":"HS256","k":""}"#,
            #"{"kty":"oct","alg":"HS256","k":"\#(k)="}"#, #"{"kty":"oct","alg":"HS256","k":"AAECAwQ"}"#,
            #"{"kty":"oct","alg":"A256KW","k":"\#(k)"}"#, #"{"kty":"oct","alg":"none","k":"\#(k)"}"#,
            #"{"kty":"RSA","alg":"RS256","n":"AQAB","e":"AQAB"}"#, jwk(#","state":"retired""#), jwk(#","kid":"""#),
            jwk(#","kid":7"#), jwk(#","use":7"#), jwk(#","key_ops":"verify""#),
            #"{"keys":[\#(jwk(#","kid":"a""#)),\#(jwk(#","kid":"a""#))]}"#,
            #"{"keys":[\#(jwk(#","kid":"a""#)),{"kty":"EC","kid":"b","crv":"P-256","x":"AA","y":"AA"}]}"#,
        ])
    func refused(_ text: String) {
        let fault = #expect(throws: JWKSetFault.self) { try Self.read(text) }
        #expect(fault?.reason.isEmpty == false)
        #expect(fault?.reason.contains(Self.k.prefix(8)) == false)
    }
}
