import Contracts
import FoundationEssentials
import HTTPKit
import HTTPTypes
import Secrets
import Testing
import Tokens

@Suite("Problems")
struct ProblemTests {
    @Test(
        "each code has the status of the design",
        arguments: [
            (
                401,
                "missing_token malformed_token unsupported_algorithm unknown_key bad_signature expired not_yet_valid"
            ),
            (401, "wrong_issuer wrong_audience role_not_allowed token_too_long revoked customer_unknown"),
            (401, "invalid_credentials invalid_refresh_token session_ended"),
            (401, "second_factor_required second_factor_rejected"),
            (403, "customer_suspended insufficient_scope forbidden csrf_rejected"), (400, "malformed_request"),
            (422, "invalid_input"), (404, "not_found"), (405, "method_not_allowed"), (409, "conflict"),
            (412, "precondition_failed"), (428, "precondition_required"), (413, "payload_too_large"),
            (415, "unsupported_media_type"), (414, "uri_too_long"), (431, "headers_too_large"), (429, "rate_limited"),
            (408, "request_timeout"),
            (500, "internal_error"), (502, "bad_gateway"), (503, "unavailable enrichment_unavailable"),
            (504, "upstream_timeout"),
        ])
    func statuses(_ status: Int, _ codes: String) throws {
        for code in codes.split(separator: " ") {
            let problem = try #require(ProblemCode(rawValue: String(code)))
            #expect(problem.status.code == status)
            #expect(!problem.title.isEmpty)
        }
    }

    @Test("titles tell the codes apart")
    func titles() {
        #expect(Set(ProblemCode.allCases.map(\.title)).count == ProblemCode.allCases.count)
    }

    @Test("the body is RFC 9457 with the suite's members")
    func body() throws {
        let refusal = Refusal(
            .invalidInput, "The field email is missing.", cause: "private", fields: ["email": "is missing"])
        let body = refusal.body(instance: "/api/v1/x", requestID: "req-12345678", environment: .production)
        let text = String(decoding: body, as: UTF8.self)
        #expect(
            text == """
                {"code":"invalid_input","detail":"The field email is missing.","fields":{"email":"is missing"},\
                "instance":"/api/v1/x","request_id":"req-12345678","status":422,"title":"The input is not valid",\
                "type":"urn:lockstep:problem:invalid_input"}
                """)
        #expect(!text.contains("private"))
    }

    @Test("diagnostics are in the body in development alone", arguments: DeploymentEnvironment.allCases)
    func diagnostics(_ environment: DeploymentEnvironment) {
        let refusal = Refusal(.unknownKey, "x", diagnostics: ["held_kids": "abc"])
        let problem = refusal.problem(instance: "/", requestID: "r", environment: environment)
        #expect((problem.diagnostics != nil) == (environment == .development))
    }

    @Test("a 401 without a token is challenged without an error")
    func challengeWithoutToken() {
        let headers = Refusal(.missingToken, "x").headers
        #expect(headers[.wwwAuthenticate] == "Bearer realm=\"lockstep\"")
        #expect(headers[.contentType] == "application/problem+json")
        #expect(headers[.cacheControl] == "no-store")
    }

    @Test("a refused token is challenged with invalid_token and the code")
    func challengeWithToken() {
        let headers = Refusal(.expired, "The token has expired.").headers
        #expect(
            headers[.wwwAuthenticate] == """
                Bearer realm="lockstep", error="invalid_token", error_description="expired: The token has expired."
                """)
    }

    @Test("every 401 has a challenge, and only refused tokens an error in it")
    func everyChallenge() {
        for code in ProblemCode.allCases where code.status == .unauthorized {
            let challenge = Refusal(code, "x").headers[.wwwAuthenticate]
            #expect(challenge?.hasPrefix("Bearer realm=\"lockstep\"") == true)
            #expect((challenge?.contains("error=") == true) == (code.isTokenRefusal && code != .missingToken))
        }
    }

    @Test("too little scope is a 403 with insufficient_scope; other refusals have no challenge")
    func scope() {
        #expect(Refusal(.insufficientScope, "x").headers[.wwwAuthenticate]?.contains("insufficient_scope") == true)
        #expect(Refusal(.forbidden, "x").headers[.wwwAuthenticate] == nil)
        #expect(Refusal(.malformedRequest, "x").headers[.wwwAuthenticate] == nil)
    }

    @Test("a detail can't break out of the challenge's quotes or line")
    func challengeInjection() {
        let refusal = Refusal(.malformedToken, "a\"\\, error=\"x\r\nSet-Cookie: a=b é")
        let challenge = refusal.headers[.wwwAuthenticate] ?? ""
        #expect(challenge.filter { $0 == "\"" }.count == 6)
        #expect(challenge.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x5C })
    }

    @Test("Retry-After and Allow are told where they are known")
    func retryAndAllow() {
        var refusal = Refusal(.rateLimited, "x", retryAfter: 17)
        refusal.allowedMethods = ["GET", "HEAD"]
        #expect(refusal.headers[.retryAfter] == "17")
        #expect(refusal.headers[.allow] == "GET, HEAD")
    }

    @Test(
        "a refused token names its key to operators and to nobody else",
        arguments: [
            (TokenError.unknownKey(KeyID("stranger")), ProblemCode.unknownKey),
            (.badSignature(KeyID("stranger")), .badSignature),
            (.revoked(KeyID("stranger")), .revoked),
        ])
    func tokenRefusal(_ error: TokenError, _ code: ProblemCode) throws {
        let ring = Samples.ring()
        let refusal = Refusal(error, ring: ring)
        let held = try #require(ring.current?.id.rawValue)
        #expect(refusal.code == code)
        for secret in ["stranger", held, "JWT_SECRET"] {
            #expect(!refusal.detail.contains(secret))
            #expect(refusal.cause?.contains(secret) == true)
        }
        #expect(refusal.diagnostics?["token_kid"] == "stranger")
        #expect(refusal.diagnostics?["held_kids"]?.contains(held) == true)
        #expect(refusal.diagnostics?["source"] == "environment variable JWT_SECRET")
        #expect(refusal.diagnostics?["environment"] == "production")
    }

    @Test("each outcome of verification has the problem code of the same name")
    func sameCodes() {
        let errors: [TokenError] = [
            .missing, .malformed("x"), .unsupportedAlgorithm("none"), .unknownKey(KeyID("k")), .badSignature(nil),
            .expired(at: 1), .notYetValid(at: 2), .wrongIssuer("i"), .wrongAudience, .roleNotAllowed("r"),
            .tokenTooLong(bytes: 9), .revoked(KeyID("k")),
        ]
        for error in errors {
            let refusal = Refusal(error, ring: Samples.ring())
            #expect(refusal.code.rawValue == error.code)
            #expect(refusal.code.isTokenRefusal)
        }
    }

    @Test("what the client wrote into its token reaches the cause shortened")
    func shortened() {
        let refusal = Refusal(.wrongIssuer(String(repeating: "a", count: 5000)), ring: Samples.ring())
        #expect((refusal.cause?.count ?? 0) < 400)
    }
}
