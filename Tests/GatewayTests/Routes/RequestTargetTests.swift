import Gateway
import HTTPKit
import Testing

@Suite("One canonical reading of a path")
struct RequestTargetTests {
    @Test(
        "a path that two servers could read differently is refused",
        arguments: [
            "", "*", "api/v1/x", "http://evil/api/v1/x", "//api/v1/x", "/api//v1/x", "/api/v1/x//", "/api/./x",
            "/api/../internal", "/api/..", "/..", "/.", "/api/%2e%2e/internal", "/api/%2E/x", "/api/.%2e/x",
            "/api/x%2fy", "/api/x%2Fy", "/api/x%5cy", "/api\\x", "/api/x;y=1", "/api/x%3by", "/api/%00",
            "/api/x%0d%0ay",
            "/api/x%7f", "/api/%", "/api/%2", "/api/%zz", "/api/%252e%252e/internal", "/api/%252fx", "/api/%255c",
            "/api/%25%32%65", "/api/%2500", "/api/%25252e", "/api/%c0%ae%c0%ae/x", "/api/%e0%80%af", "/api/%80",
            "/api/x#y", "/api/x?a#b", "/api/ x", "/api/\u{7f}", "/api/é", "/api/x?é", "/api/x\"", "/api/<x>",
            "/api/x|y",
            "/api/x^y", "/api/{x}", "/api/[x]", "/api/`x`", "user@host", "/api/x?\u{1}",
        ])
    func refused(_ target: String) {
        #expect(throws: Refusal.self) { try RequestTarget(target) }
        // The short way takes what a request line lets through.
        guard !target.isEmpty, target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x23 }) else { return }
        #expect(throws: Refusal.self) { try RequestTarget(target.utf8Span.span.bytes) }
    }

    @Test(
        "every spelling of a plain path is one path",
        arguments: [
            ("/", "/"), ("/api/v1/customers", "/api/v1/customers"), ("/%61pi/v1/x", "/api/v1/x"),
            ("/api/%41%2Db%5f%7e", "/api/A-b_~"), ("/api/x/", "/api/x/"), ("/api/a%20b", "/api/a%20b"),
            ("/api/%c3%a9", "/api/%C3%A9"), ("/api/100%25", "/api/100%25"), ("/api/100%25/x", "/api/100%25/x"),
            ("/api/a...b", "/api/a...b"), ("/api/...", "/api/..."), ("/api/.hidden", "/api/.hidden"),
            ("/api/a:b@c!$&'()*+,=", "/api/a:b@c!$&'()*+,="), ("/.well-known/jwks.json", "/.well-known/jwks.json"),
            ("/api/x%2By", "/api/x%2By"), ("/api/100%2541", "/api/100%2541"),
        ])
    func canonical(_ target: String, _ path: String) throws {
        #expect(try RequestTarget(target).path == path)
        #expect(try RequestTarget((target + "?q").utf8Span.span.bytes) == RequestTarget(target + "?q"))
    }

    @Test("a query is passed on as it came")
    func query() throws {
        let target = try RequestTarget("/api/x?a=1&b=%2e%2e/../;c=[d]&e=\\")
        #expect(target.query == "a=1&b=%2e%2e/../;c=[d]&e=\\")
        #expect(try RequestTarget("/api/x?").query == "")
        #expect(try RequestTarget("/api/x").query == nil)
    }

    @Test("a target beyond 8 KiB is uri_too_long")
    func tooLong() {
        let error = #expect(throws: Refusal.self) { try RequestTarget("/" + String(repeating: "a", count: 8192)) }
        #expect(error?.code == .uriTooLong)
    }
}
