import Gateway
import HTTPKit
import ServiceKit
import Testing

@Suite("Settings of what stands in front")
struct FrontSettingsTests {
    private static func read(_ variables: [String: String]) -> (FrontSettings, [String]) {
        let reader = SettingsReader(variables: variables)
        let trusted = TrustedProxies(reader: reader, servesUnixPeers: true)
        let settings = FrontSettings(reader: reader, trustedProxies: trusted)
        do throws(SettingsError) {
            try reader.finish()
            return (settings, [])
        } catch {
            return (settings, error.faults.map { "\($0.variable) \($0.problem)" })
        }
    }

    @Test("nothing stands in front unless it is asked for")
    func defaults() {
        let (settings, faults) = Self.read([:])
        #expect(settings.tls == nil)
        #expect(!settings.proxyProtocol)
        #expect(settings.unixSocket == nil)
        #expect(faults.isEmpty)
    }

    @Test(
        "half of a pair, and what makes no sense, is a fault that names its variable",
        arguments: [
            (["GW_TLS_CERT_FILE": "/c"], "GW_TLS_KEY_FILE"), (["GW_TLS_KEY_FILE": "/k"], "GW_TLS_CERT_FILE"),
            (["GW_TLS_CLIENT_CA_FILE": "/a"], "GW_TLS_CLIENT_CA_FILE"),
            (["GW_PROXY_PROTOCOL": "true"], "GW_PROXY_PROTOCOL"),
            (["GW_LISTEN_UNIX": "gateway.sock"], "GW_LISTEN_UNIX"),
            (["GW_LISTEN_UNIX": "/" + String(repeating: "x", count: 107)], "GW_LISTEN_UNIX"),
        ])
    func faults(_ variables: [String: String], _ name: String) {
        let (_, faults) = Self.read(variables)
        #expect(faults.count == 1)
        #expect(faults.first?.hasPrefix(name + " ") == true)
    }

    @Test("a proxy that comes by the Unix socket is one that PROXY headers can be believed from")
    func unixProxy() {
        #expect(Self.read(["GW_PROXY_PROTOCOL": "true", "TRUSTED_PROXIES": "unix"]).1.isEmpty)
    }
}
