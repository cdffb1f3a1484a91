import Gateway
import ServiceKit
import TestSupport
import Testing

@Suite("healthcheck, whatever stands in front", .serialized, .timeLimit(.minutes(10)))
struct FrontProbeTests {
    private static func probe(_ variables: [String: String]) async -> Bool? {
        let reader = SettingsReader(variables: variables)
        return await FrontProbe.isHealthy(reader, CommonSettings(reader: reader, defaultPort: 8000))
    }

    @Test("with nothing in front, clear HTTP will do")
    func clear() async { #expect(await Self.probe(["PORT": "1"]) == nil) }

    enum Way: CaseIterable { case tls, mutualTLS, proxy, proxyAndTLS, unix }

    @Test(
        "it goes through what the gateway's clients go through, and tells when nobody is there", arguments: Way.allCases
    )
    func ways(_ way: Way) async throws {
        let certificates = try await TestCertificates()
        let socket = certificates.folder.path("gateway.sock")
        let proxy = ["GW_PROXY_PROTOCOL": "true", "TRUSTED_PROXIES": "127.0.0.1"]
        let mutual = ["GW_TLS_CLIENT_CA_FILE": certificates.folder.path("served.pem")]
        let variables =
            switch way {
            case .tls: certificates.variables
            case .mutualTLS: certificates.variables.merging(mutual) { $1 }
            case .proxy: proxy
            case .proxyAndTLS: certificates.variables.merging(proxy) { $1 }
            case .unix: certificates.variables.merging(["GW_LISTEN_UNIX": socket]) { $1 }
            }
        let port = try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant, variables) { gateway in
                // By the Unix socket no port is needed.
                let port = way == .unix ? "1" : "\(gateway.port)"
                #expect(await Self.probe(variables.merging(["PORT": port]) { $1 }) == true)
                return port
            }
        }
        #expect(await Self.probe(variables.merging(["PORT": port]) { $1 }) == false)
    }
}
