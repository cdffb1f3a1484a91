import Gateway
import Testing

@testable import Gateway

@Suite("Steps 2 and 3: which fields go on")
struct PassedFieldsTests {
    private static func upstream(_ lines: [String]) throws -> [String] {
        let request = try Received.request(lines)
        return WrittenLines { request.copyLines(to: &$0, where: PassedFields.toUpstream) }.lines
    }

    private static func client(_ lines: [String]) throws -> [String] {
        let response = try Received.response(lines)
        return WrittenLines { response.copyLines(to: &$0, where: PassedFields.toClient) }.lines
    }

    @Test(
        "hop-by-hop fields are dropped in any case, both ways",
        arguments: [
            "Connection", "KEEP-ALIVE", "Proxy-Connection", "te", "Trailer", "Upgrade", "Proxy-Authenticate",
            "Proxy-Authorization", "Proxy-Authentication-Info", "HTTP2-Settings", "Proxy",
        ])
    func dropped(_ name: String) throws {
        #expect(try Self.upstream(["\(name): x", "Accept: y"]) == ["Accept: y"])
        #expect(try Self.client(["\(name): x", "ETag: y"]) == ["ETag: y"])
    }

    @Test("what Connection names goes too, whatever spaces and cases")
    func named() throws {
        let lines = [
            "Connection: close, X-Private ,x-other", "connection: X-Third", "X-Private: 1", "x-OTHER: 2", "X-THIRD: 3",
            "X-Fourth: 4",
        ]
        #expect(try Self.upstream(lines) == ["X-Fourth: 4"])
        #expect(try Self.client(lines) == ["X-Fourth: 4"])
    }

    @Test("order, repetition and spelling of the others stay, and nothing beside them")
    func order() throws {
        let lines = ["B: 1", "Te: x", "A:  2 ", "X-User-Id: 7", "b: 3", "Via: x", "Cookie: a=\u{E9}"]
        #expect(try Self.upstream(lines) == ["B: 1", "A:  2 ", "b: 3", "Cookie: a=\u{E9}"])
    }

    static let names = [
        "X-User-Id", "X-User-Email", "X-User-Roles", "X-Customer-Id", "X-Customer-Plan", "X-Enrichment", "X-Gateway",
        "X-Gateway-Assertion", "X-Original-Authorization", "X-Request-Id", "X-Forwarded-For", "X-Forwarded-Host",
        "X-Forwarded-Proto", "X-Forwarded", "X-Original-Url", "X-Rewrite-Url", "X-Real-Ip", "X-Client-Ip",
        "X-Cluster-Client-Ip", "True-Client-Ip", "X-User-", "X-Customer-Anything",
    ]
    /// Read, and set anew, under their one name.
    static let plainNames = ["Forwarded", "Via", "traceparent", "tracestate", "Authorization"]

    @Test("only the gateway says who somebody is: each name is stripped, in every case", arguments: names + plainNames)
    func everyCase(_ name: String) throws {
        for spelling in [name, name.lowercased(), name.uppercased()] {
            #expect(try Self.upstream(["\(spelling): forged", "Accept: */*"]) == ["Accept: */*"])
        }
    }

    @Test("underscores, dots and mixtures are the same name", arguments: names)
    func everySpelling(_ name: String) throws {
        let mixed = String(
            name.enumerated().map { $0.offset % 2 == 0 ? $0.element : ($0.element == "-" ? "_" : $0.element) })
        for spelling in [
            String(name.map { $0 == "-" ? "_" : $0 }), String(name.map { $0 == "-" ? "." : $0 }), mixed,
            String(name.uppercased().map { $0 == "-" ? "_" : $0 }),
        ] {
            #expect(try Self.upstream(["\(spelling): forged", "\(spelling): again"]).isEmpty, "\(spelling)")
        }
    }

    @Test(
        "what is nobody's business stays", arguments: ["X-Users", "X-Custom", "Accept", "Cookie", "X-Userid", "Vias"])
    func kept(_ name: String) throws {
        #expect(try Self.upstream(["\(name): x"]) == ["\(name): x"])
    }

    @Test("an upstream's managed names do not leak out; what it says of the way it came does")
    func leak() throws {
        let lines = ["X-User-Id: 1", "x_customer_id: 2", "X.Gateway.Assertion: 3", "X-Request-Id: 4", "Via: 1.1 a"]
        #expect(try Self.client(lines + ["Set-Cookie: a=1", "Server: s"]) == ["Set-Cookie: a=1", "Server: s"])
    }
}
