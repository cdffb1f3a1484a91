import Logging
import ServiceKit
import Testing

@testable import struct ServiceKit.LogFields

@Suite("Redaction")
struct RedactionTests {
    @Test(
        "values under such names are masked",
        arguments: [
            "authorization", "Authorization", "x-original-authorization", "cookie", "Set-Cookie", "password",
            "newPassword", "client_secret", "clientSecret", "refresh_token", "token", "JWT_SECRET", "JWT_SECRET_NEXT",
            "apiKey", "api-key", "credentials", "x-gateway-assertion", "headers.authorization", "clé.clientSecret",
        ])
    func sensitive(_ key: String) {
        #expect(Redaction.isSensitive(key))
    }

    @Test(
        "values that only speak of a secret are shown",
        arguments: [
            "token_kid", "secret_source", "token_code", "secret_bytes", "kid", "user", "path", "their_source", "author",
            "tokenizer", "keyboard", "key",
        ])
    func harmless(_ key: String) {
        #expect(!Redaction.isSensitive(key))
    }

    @Test("masking reaches into nested metadata")
    func nested() {
        let fields = LogFields(["headers": ["Cookie": "sid=1", "accept": "*/*"], "password": ["deep": "x"]])
        #expect(fields.sorted.map(\.key) == ["headers.Cookie", "headers.accept", "password"])
        #expect(fields.sorted.map(\.value) == [Redaction.mask, "*/*", Redaction.mask])
    }

    @Test("a token inside a text is masked, and the text around it stays")
    func tokensInText() {
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
        #expect(Redaction.scrubbed("got \(token), sorry") == "got [redacted], sorry")
        #expect(Redaction.scrubbed("Bearer \(token)") == "Bearer [redacted]")
        #expect(Redaction.scrubbed("Authorization: bearer 0123456789abcdefXYZ==") == "Authorization: bearer [redacted]")
    }

    @Test(
        "ordinary text is left alone",
        arguments: ["the bearer of bad news arrived late", "eyJ", "beard", "a b", "", "héllo wörld, this is some text"])
    func ordinary(_ text: String) {
        #expect(Redaction.scrubbed(text) == text)
    }
}
