import Gateway
import NIOHTTP1
import Testing

@Suite("Step 3: only the gateway says who somebody is")
struct StripManagedHeadersTests {
    static let names = [
        "X-User-Id", "X-User-Email", "X-User-Roles", "X-Customer-Id", "X-Customer-Plan", "X-Enrichment", "X-Gateway",
        "X-Gateway-Assertion", "X-Original-Authorization", "X-Request-Id", "X-Forwarded-For", "X-Forwarded-Host",
        "X-Forwarded-Proto", "Forwarded", "Via", "traceparent", "tracestate", "Authorization", "Host", "Content-Length",
        "X-Original-Url", "X-Rewrite-Url", "X-Real-Ip",
    ]

    @Test("each name is stripped, in every case", arguments: names)
    func everyCase(_ name: String) {
        for spelling in [name, name.lowercased(), name.uppercased()] {
            #expect(StripManagedHeaders.apply([spelling: "forged", "Accept": "*/*"]).map(\.name) == ["Accept"])
        }
    }

    @Test("underscores, dots and mixtures are the same name", arguments: names.filter { $0.hasPrefix("X-") })
    func everySpelling(_ name: String) {
        let mixed = String(
            name.enumerated().map { $0.offset % 2 == 0 ? $0.element : ($0.element == "-" ? "_" : $0.element) })
        for spelling in [
            String(name.map { $0 == "-" ? "_" : $0 }), String(name.map { $0 == "-" ? "." : $0 }), mixed,
            String(name.uppercased().map { $0 == "-" ? "_" : $0 }),
        ] {
            #expect(StripManagedHeaders.apply([spelling: "forged", spelling: "again"]).isEmpty, "\(spelling)")
        }
    }

    @Test(
        "what is nobody's business stays", arguments: ["X-Users", "X-Custom", "Accept", "Cookie", "X-Userid", "Vias"])
    func kept(_ name: String) {
        #expect(StripManagedHeaders.apply([name: "x"]).count == 1)
    }
}
