import HTTPTypes
import Hummingbird
import NIOCore
import PlantTesting
import Secrets
import Testing
import Tokens

@testable import Plant

@Suite("That a request came through the gateway")
struct GatewayProofTests {
    private static let internalToken = SecretBytes(utf8: PlantFixture.internalToken)
    private static let now: Int64 = 1_800_000_000
    private static let token = "header.claims.signature"

    private static let proof = GatewayProof(
        assertion: GatewayAssertion(internalToken: internalToken), audience: "plant", now: { now })

    private static func word(
        _ method: String? = "POST", _ path: String? = "/a/b", token: String? = token, audience: String = "plant",
        at: Int64 = now, key: SecretBytes = internalToken
    ) -> String {
        GatewayAssertion(internalToken: key).issue(
            audience: audience, clientToken: token, method: method, path: path, now: at)
    }

    /// With the key's own id, and another's signature.
    private static let tampered = (word().split(separator: ".").prefix(2) + word("GET").split(separator: ".").suffix(1))
        .joined(separator: ".")

    private static func fault(_ words: [String], _ method: HTTPRequest.Method = .post, _ target: String = "/a/b")
        -> GatewayProof.Fault?
    {
        var head = HTTPRequest(method: method, scheme: "http", authority: "plant", path: target)
        for word in words { head.headerFields.append(HTTPField(name: .gatewayAssertion, value: word)) }
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer()))
        do throws(GatewayProof.Fault) {
            try proof.check(request, token: token)
            return nil
        } catch {
            return error
        }
    }

    @Test("the word for this method, path and token counts, also a few seconds out of time")
    func proven() {
        #expect(Self.fault([Self.word()]) == nil)
        #expect(Self.fault([Self.word(at: Self.now - 29)]) == nil)
        #expect(Self.fault([Self.word(at: Self.now - 34)]) == nil)
        #expect(Self.fault([Self.word(at: Self.now + 4)]) == nil)
        #expect(Self.fault([Self.word()], .post, "/a/b?c=d") == nil)
    }

    @Test(
        "every other word does not",
        arguments: [
            ([], .missing),
            ([word(), word()], .repeated), ([word(), "x"], .repeated), (["x", word()], .repeated),
            ([word(nil, nil)], .unbound), ([word("POST", nil)], .unbound), ([word(nil, "/a/b")], .unbound),
            ([word("GET", "/a/b")], .anotherRequest), ([word("post", "/a/b")], .anotherRequest),
            ([word("POST", "/a")], .anotherRequest), ([word("POST", "/a/b/")], .anotherRequest),
            ([word("POST", "/A/b")], .anotherRequest), ([word("POST", "")], .invalid(code: "malformed_token")),
            ([word("GET", nil)], .anotherRequest), ([word(nil, "/a")], .anotherRequest),
            ([word(token: nil)], .invalid(code: "malformed_token")),
            ([word(token: token + "x")], .invalid(code: "malformed_token")),
            ([word(audience: "platform-portal")], .invalid(code: "wrong_audience")),
            ([word(at: now - 36)], .invalid(code: "expired")), ([word(at: now + 6)], .invalid(code: "not_yet_valid")),
            ([word(key: SecretBytes(utf8: "guessed-and-wrong-but-long-enough"))], .invalid(code: "unknown_key")),
            ([tampered], .invalid(code: "bad_signature")),
            ([token], .invalid(code: "malformed_token")), ([""], .invalid(code: "missing_token")),
        ] as [([String], GatewayProof.Fault)])
    func refused(_ words: [String], _ fault: GatewayProof.Fault) {
        #expect(Self.fault(words) == fault)
    }

    @Test(
        "a word for another path or method is not stretched by the target",
        arguments: ["/a/b/../c", "/a/%62", "//a/b", "/a/b;x"])
    func targets(_ target: String) {
        #expect(Self.fault([Self.word()], .post, target) == .anotherRequest)
    }
}
