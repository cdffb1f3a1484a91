import HTTPTypes
import Testing

@testable import Portal

@Suite struct PlantFailureTests {
    private static let texts = try? Texts(json: WebFiles.texts)

    private static func problem(_ code: String) -> PlantProblem { PlantProblem(code: code, detail: "d", fields: nil) }

    @Test(
        "each answer that is no success means one thing",
        arguments: [
            (401, "unknown_key", PlantFailure.tokenRefused(code: "unknown_key")),
            (403, "forbidden", .forbidden(code: "forbidden")), (404, "not_found", .notFound(detail: "d")),
            (409, "conflict", .conflict(detail: "d", fields: [:])),
            (412, "precondition_failed", .conflict(detail: "d", fields: [:])),
            (422, "invalid_input", .invalid(detail: "d", fields: [:])),
            (422, "idempotency_key_reused", .sentBefore), (429, "rate_limited", .busy(retryAfter: 5)),
            (500, "internal_error", .broken(code: "internal_error")), (500, "outcome_unknown", .outcomeUnknown),
            (502, "bad_gateway", .unavailable(code: "bad_gateway", retryAfter: 5)),
            (503, "module_unavailable", .unavailable(code: "module_unavailable", retryAfter: 5)),
            (504, "upstream_timeout", .unavailable(code: "upstream_timeout", retryAfter: 5)),
            (418, "odd", .unreadable), (302, "moved", .unreadable),
        ])
    func meaning(status: Int, code: String, expected: PlantFailure) {
        #expect(PlantFailure(status: status, retryAfter: nil, problem: Self.problem(code)) == expected)
    }

    @Test("a refusal that is no problem document comes from another program", arguments: [400, 403, 404, 409, 422])
    func foreign(status: Int) {
        #expect(PlantFailure(status: status, retryAfter: nil, problem: nil) == .unreadable)
    }

    @Test("what is waited for is bounded", arguments: [(nil, 5), (-1, 1), (7, 7), (1_000_000, 3600)] as [(Int?, Int)])
    func waiting(sent: Int?, shown: Int) {
        #expect(PlantFailure(status: 429, retryAfter: sent, problem: nil) == .busy(retryAfter: shown))
    }

    @Test("codes and details from outside are shown bounded, and a code that is none is not repeated")
    func bounded() {
        let odd = PlantProblem(
            code: "<script>", detail: String(repeating: "x", count: 5000) + "\n",
            fields: Dictionary(uniqueKeysWithValues: (0..<60).map { ("f\($0)", "v") }))
        #expect(odd.shownCode == "unknown")
        #expect(odd.shownDetail.utf8.count <= 300)
        #expect(odd.shownFields.isEmpty)
    }

    @Test("a refused token leads to the keys, and is never answered with 401: that would mean the visitor's session")
    func refusedToken() throws {
        let texts = try #require(Self.texts)
        let text = PlantFaultText(.tokenRefused(code: "unknown_key"), texts)
        #expect(text.status == .badGateway)
        #expect(text.concernsKeys)
        #expect(text.detail.contains("unknown_key"))
        #expect(!PlantFaultText(.tokenRefused(code: "revoked"), texts).concernsKeys)
    }
}

@Suite struct RecordIDTests {
    @Test(
        "nothing but an identifier becomes a part of an address",
        arguments: ["", ".", "..", "a/b", "a%2fb", "a?b", "a#b", "a b", "ä", String(repeating: "a", count: 65)])
    func refused(text: String) { #expect(RecordID(text) == nil) }

    @Test("identifiers are", arguments: ["a", "0b0f6a52-7a0c-4d0e-9f5e-1f0d3f6d0001", "A_b-9"])
    func accepted(text: String) { #expect(RecordID(text)?.text == text) }

    @Test("values of a query are escaped")
    func query() {
        #expect(PlantPath("/a", query: [("q", "x&y=ä"), ("state", nil)]).text == "/a?q=x%26y%3D%C3%A4")
    }
}
