import HTTPKit
import Testing

@testable import Gateway

@Suite("Who sent it, as far as that is known")
struct ForwardedTests {
    private static func forwarded(_ lines: [String], peer: String = "10.0.0.1", trusted: [String] = []) throws
        -> Forwarded
    {
        let proxies = try #require(TrustedProxies(trusted))
        let address = try #require(IPAddress(peer))
        return Forwarded(
            try Received.request(lines), peer: peer, isTrusted: proxies.contains(address), trusted: proxies)
    }

    @Test("a stranger's word about itself counts for nothing")
    func lies() throws {
        let forwarded = try Self.forwarded([
            "Host: a.test", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil",
            "Forwarded: for=1.2.3.4",
        ])
        #expect(forwarded.client == "10.0.0.1")
        #expect(forwarded.lines["x-forwarded-for"] == ["10.0.0.1"])
        #expect(forwarded.proto == "http")
        #expect(forwarded.host == "a.test")
        #expect(forwarded.lines["forwarded"] == ["for=10.0.0.1;host=\"a.test\";proto=http"])
    }

    @Test("a trusted proxy's word counts as far as the chain of trust goes")
    func trusted() throws {
        let forwarded = try Self.forwarded(
            [
                "Host: inner", "X-Forwarded-For: 6.6.6.6, 1.2.3.4", "X-Forwarded-For: 10.0.0.9",
                "X-Forwarded-Proto: https", "X-Forwarded-Host: a.test",
            ], trusted: ["10.0.0.0/8"])
        #expect(forwarded.client == "1.2.3.4")
        #expect(forwarded.lines["x-forwarded-for"] == ["1.2.3.4, 10.0.0.1"])
        #expect(forwarded.lines["forwarded"] == ["for=1.2.3.4;host=\"a.test\";proto=https, for=10.0.0.1"])
    }

    @Test("nonsense from a trusted proxy is not passed on")
    func nonsense() throws {
        let forwarded = try Self.forwarded(
            [
                "Host: inner", "X-Forwarded-For: not-an-address", "X-Forwarded-Proto: gopher",
                "X-Forwarded-Host: a\"b",
            ], trusted: ["10.0.0.1"])
        #expect(forwarded.client == "10.0.0.1")
        #expect(forwarded.proto == "http")
        #expect(forwarded.host == "inner")
    }

    @Test("IPv6 is bracketed and quoted")
    func v6() throws {
        let forwarded = try Self.forwarded(["Host: a"], peer: "2001:db8::1")
        #expect(forwarded.lines["forwarded"] == ["for=\"[2001:db8::1]\";host=\"a\";proto=http"])
    }
}

extension Forwarded {
    fileprivate var lines: WrittenLines { WrittenLines(write) }
}
