import Gateway
import HTTP1
import HTTPKit
import Testing

@Suite("Step 1: nothing ambiguous gets in")
struct RejectAmbiguousTests {
    private static func check(_ lines: [String], method: String = "POST") throws -> BodyFraming {
        try RejectAmbiguous.check(Received.request(lines, start: "\(method) /api/x HTTP/1.1").head)
    }

    @Test(
        "two Authorization lines are malformed_request, equal ones too",
        arguments: [
            ["Authorization: Bearer a", "Authorization: Bearer a"],
            ["Authorization: Bearer a", "authorization: Bearer b"],
            ["AUTHORIZATION:", "X: y", "Authorization: Bearer b"],
        ])
    func credentials(_ lines: [String]) {
        let error = #expect(throws: Refusal.self) { try Self.check(lines) }
        #expect(error?.code == .malformedRequest)
        #expect(error?.concernsCredentials == true)
    }

    @Test("TRACE would give credentials back")
    func trace() {
        let error = #expect(throws: Refusal.self) { try Self.check([], method: "TRACE") }
        #expect(error?.code == .methodNotAllowed)
    }

    @Test("plain framing is understood")
    func framing() throws {
        #expect(try Self.check([], method: "GET") == .none)
        #expect(try Self.check(["Content-Length: 0"], method: "GET") == .none)
        #expect(try Self.check(["Content-Length: 0"]) == .length(0))
        #expect(try Self.check(["content-LENGTH: 42"]) == .length(42))
        #expect(try Self.check(["Transfer-Encoding: Chunked"]) == .chunked)
    }
}
