import Gateway
import HTTPKit
import HTTPTypes
import NIOHTTP1
import Testing

@Suite("Step 1: nothing ambiguous gets in")
struct RejectAmbiguousTests {
    private static func head(_ headers: [(String, String)], method: HTTPMethod = .POST) -> HTTPRequestHead {
        HTTPRequestHead(
            version: .http1_1, method: method, uri: "/api/x", headers: HTTPHeaders([("Host", "g")] + headers))
    }

    @Test(
        "two Authorization lines are malformed_request, equal ones too",
        arguments: [
            [("Authorization", "Bearer a"), ("Authorization", "Bearer a")],
            [("Authorization", "Bearer a"), ("authorization", "Bearer b")],
            [("AUTHORIZATION", ""), ("X", "y"), ("Authorization", "Bearer b")],
        ])
    func credentials(_ headers: [(String, String)]) {
        let error = #expect(throws: Refusal.self) { try RejectAmbiguous.check(Self.head(headers)) }
        #expect(error?.code == .malformedRequest)
        #expect(error?.concernsCredentials == true)
    }

    @Test("TRACE would give credentials back")
    func trace() {
        let error = #expect(throws: Refusal.self) { try RejectAmbiguous.check(Self.head([], method: .TRACE)) }
        #expect(error?.code == .methodNotAllowed)
    }

    @Test("plain framing is understood")
    func framing() throws {
        #expect(try RejectAmbiguous.check(Self.head([], method: .GET)) == .none)
        #expect(try RejectAmbiguous.check(Self.head([("Content-Length", "0")], method: .GET)) == .none)
        #expect(try RejectAmbiguous.check(Self.head([("Content-Length", "0")])) == .length(0))
        #expect(try RejectAmbiguous.check(Self.head([("content-LENGTH", "42")])) == .length(42))
        #expect(try RejectAmbiguous.check(Self.head([("Transfer-Encoding", "Chunked")])) == .chunked)
    }
}
