import HTTPKit
import ServiceKit
import Testing

@Suite("Headers")
struct HeaderTests {
    @Test("every managed name is managed in every spelling")
    func spellings() {
        for name in ManagedHeader.all {
            for spelling in [
                name, name.lowercased(), name.uppercased(), name.replacing("-", with: "_"),
                name.replacing("-", with: "."), name.lowercased().replacing("-", with: "_"),
                name.replacing("-", with: "~"), name.replacing("-", with: "!"),
            ] {
                #expect(ManagedHeader.isManaged(spelling))
                #expect(ManagedHeader.isManaged(utf8: Array(spelling.utf8)))
            }
        }
    }

    @Test(
        "whole families are managed, so that a later name is closed already",
        arguments: [
            "X-User-Anything", "x_user_tenant", "X-Customer-Region", "X-Gateway-Version", "X-User-", "X.User-Id",
        ])
    func families(_ name: String) {
        #expect(ManagedHeader.isManaged(name))
    }

    @Test(
        "other names are the client's own",
        arguments: [
            "Authorization", "X-Userid", "X-Use", "X", "", "Accept", "X-Requested-With", "XX-User-Id", "User-Id",
            "X-User", "X-Gatewayed", "Traceparent",
        ])
    func unmanaged(_ name: String) {
        #expect(!ManagedHeader.isManaged(name))
    }

    @Test(
        "forwarding names are rebuilt in every spelling",
        arguments: [
            "Forwarded", "X-Forwarded-For", "x_forwarded_host", "X-Forwarded-Proto", "X.Real.IP", "True-Client-IP",
        ])
    func forwarding(_ name: String) {
        #expect(ManagedHeader.isForwarding(name))
        #expect(!ManagedHeader.isManaged(name))
    }

    @Test("forwarding is not guessed", arguments: ["Forward", "X-Forwarding", "Via", "Host", ""])
    func notForwarding(_ name: String) {
        #expect(!ManagedHeader.isForwarding(name))
    }

    @Test(
        "a client's request id is kept if it is harmless",
        arguments: ["abcdefgh", "A-z0.9_x", String(repeating: "a", count: 64)])
    func accepted(_ id: String) {
        #expect(RequestID.accept(id) == id)
    }

    @Test(
        "any other is replaced",
        arguments: [
            nil, "", "short", String(repeating: "a", count: 65), "abc defgh", "abcdefg\n", "abcdefgé", "<script>12",
        ] as [String?])
    func replaced(_ id: String?) {
        let new = RequestID.accept(id)
        #expect(new != id)
        #expect(new.utf8.count == 32)
        #expect(new.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        #expect(RequestID.new() != RequestID.new())
    }
}

@Suite("Trusted proxies")
struct TrustedProxiesTests {
    @Test(
        "the client is the rightmost address that is no trusted proxy",
        arguments: [
            ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", ["1.1.1.1, 203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", ["1.1.1.1, 203.0.113.9, 10.0.0.7"], "203.0.113.9"),
            ("10.0.0.1", ["1.1.1.1", "203.0.113.9,10.0.0.7"], "203.0.113.9"),
            ("10.0.0.1", ["10.0.0.8, 10.0.0.9"], "10.0.0.8"),
            ("10.0.0.1", [], "10.0.0.1"),
            ("10.0.0.1", ["203.0.113.9:4711"], "203.0.113.9"),
            ("10.0.0.1", ["[2001:db8::1]:443"], "2001:db8::1"),
            ("10.0.0.1", ["2001:DB8:0:0::1"], "2001:db8::1"),
            ("::ffff:10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
            ("fd00::5", ["203.0.113.9"], "203.0.113.9"),
        ])
    func client(_ peer: String, _ forwarded: [String], _ expected: String) throws {
        let proxies = try #require(TrustedProxies(["10.0.0.0/8", "fd00::/8"]))
        #expect(proxies.client(peer: peer, forwardedFor: forwarded) == expected)
    }

    @Test("a client that is no proxy can't choose its address")
    func untrustedPeer() throws {
        let proxies = try #require(TrustedProxies(["10.0.0.0/8"]))
        #expect(proxies.client(peer: "203.0.113.9", forwardedFor: ["10.0.0.1", "127.0.0.1"]) == "203.0.113.9")
        #expect(TrustedProxies.none.client(peer: "10.0.0.1", forwardedFor: ["1.1.1.1"]) == "10.0.0.1")
    }

    @Test("`unix` trusts who comes by a Unix socket, where a service has one, and nobody else")
    func unixPeers() throws {
        let proxies = try #require(TrustedProxies(["unix", "10.0.0.0/8"]))
        #expect(proxies.trusts("unix"))
        #expect(!proxies.trusts("unknown"))
        #expect(!proxies.trusts("127.0.0.1"))
        #expect(proxies.client(peer: "unix", forwardedFor: ["1.1.1.1, 203.0.113.9, 10.0.0.7"]) == "203.0.113.9")
        #expect(proxies.client(peer: "unix", forwardedFor: []) == "unix")
        let others = try #require(TrustedProxies(["10.0.0.0/8"]))
        #expect(!others.trusts("unix"))
        #expect(others.client(peer: "unix", forwardedFor: ["203.0.113.9"]) == "unix")
        // The word itself is no address that a proxy could report.
        #expect(proxies.client(peer: "10.0.0.1", forwardedFor: ["1.1.1.1, unix"]) == "10.0.0.1")
        let reader = SettingsReader(variables: ["TRUSTED_PROXIES": "unix"])
        #expect(TrustedProxies(reader: reader, servesUnixPeers: true).trusts("unix"))
        _ = TrustedProxies(reader: reader)
        #expect(throws: SettingsError.self) { try reader.finish() }
    }

    @Test("an entry that is no address ends the chain", arguments: ["unknown", "", "_hidden", "1.2.3", "1.2.3.4.5"])
    func unreadable(_ entry: String) throws {
        let proxies = try #require(TrustedProxies(["10.0.0.0/8"]))
        #expect(proxies.client(peer: "10.0.0.1", forwardedFor: ["1.1.1.1, \(entry), 10.0.0.7"]) == "10.0.0.7")
    }

    @Test(
        "networks end where their prefix ends",
        arguments: [
            ("10.0.0.0/8", "10.255.255.255", true), ("10.0.0.0/8", "11.0.0.0", false), ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false), ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/33", "2001:db8:7fff::1", true), ("2001:db8::/33", "2001:db8:8000::1", false),
            ("::/0", "203.0.113.9", true), ("fd00::/65", "fd00::7fff:0:0:1", true),
            ("fd00::/65", "fd00::8000:0:0:1", false),
        ])
    func networks(_ network: String, _ address: String, _ isInside: Bool) throws {
        let proxies = try #require(TrustedProxies([network]))
        #expect(proxies.contains(try #require(IPAddress(address))) == isInside)
    }

    @Test(
        "what is no network is a fault",
        arguments: ["proxy.local", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "fd00::/129", "10.0.0.0/8/8", "10.0.0/8"])
    func faults(_ text: String) {
        #expect(TrustedProxies([text]) == nil)
        let reader = SettingsReader(variables: ["TRUSTED_PROXIES": "10.0.0.1, \(text)"])
        _ = TrustedProxies(reader: reader)
        #expect(throws: SettingsError.self) { try reader.finish() }
    }
}
