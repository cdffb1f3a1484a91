import Gateway
import Testing

@Suite("Header rules")
struct HeaderRulesTests {
    private static let rules = HeaderRules(
        set: [HeaderField("X-Tier", "gold"), HeaderField("X-B", "2")], remove: ["X-Debug", "Cookie"])

    @Test("what is set takes the place of what came, what is removed goes, in every spelling")
    func applied() {
        let came = [
            HeaderField("x_tier", "forged"), HeaderField("X.TIER", "forged"), HeaderField("Accept", "a"),
            HeaderField("x-debug", "1"), HeaderField("X_Debug", "1"), HeaderField("COOKIE", "c"),
            HeaderField("X-Debug-More", "1"), HeaderField("Cookies", "d"), HeaderField("X-Tie", "e"),
        ]
        #expect(
            Self.rules.applied(to: came) == [
                HeaderField("Accept", "a"), HeaderField("X-Debug-More", "1"), HeaderField("Cookies", "d"),
                HeaderField("X-Tie", "e"), HeaderField("X-Tier", "gold"), HeaderField("X-B", "2"),
            ])
    }

    @Test("rules without names drop nothing")
    func none() {
        #expect(!HeaderRules().drops("X-A".utf8))
        #expect(HeaderRules().applied(to: [HeaderField("A", "b")]) == [HeaderField("A", "b")])
    }

    @Test("a value is visible ASCII on one line, without blanks around it, of at most 4096 bytes")
    func values() {
        for value in ["", "a", "a b\tc", "max-age=31536000; includeSubDomains", String(repeating: "x", count: 4096)] {
            #expect(HeaderRules.isValue(value), "\(value)")
        }
        for value in [
            "a\r\nX-User-Id: 1", "a\n", "\r", "\u{0}", "\u{7F}", " a", "a ", "\ta", "é", "a\u{85}b",
            String(repeating: "x", count: 4097),
        ] {
            #expect(!HeaderRules.isValue(value), "\(value.debugDescription)")
        }
    }

    @Test("names that are nobody else's are open")
    func openNames() {
        for name in [
            "X-Tier", "Cookie", "Server", "Cache-Control", "Strict-Transport-Security", "Accept-Encoding", "X-User",
        ] {
            if name == "X-User" {
                // A managed family's bare name is closed too.
                #expect(ClosedHeaderName.reason("X-User-") != nil)
            } else {
                #expect(ClosedHeaderName.reason(name) == nil, "\(name)")
            }
        }
    }
}
