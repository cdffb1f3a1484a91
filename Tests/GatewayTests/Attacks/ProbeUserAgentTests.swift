import TestSupport
import Testing

@Suite("Attacks: probe user agents on protected paths", .timeLimit(.minutes(10)))
struct ProbeUserAgentTests {
    static let agents = [
        "kube-probe/1.33", "GoogleHC/1.0", "ELB-HealthChecker/2.0", "Amazon-Route53-Health-Check-Service",
        "HealthCheck/1.0",
        "Envoy/HC", "Consul Health Check", "Prometheus/3.0", "AlwaysOn", "Edge Health Probe", "curl/8.0",
        "lockstep-gateway",
    ]
    /// What platforms say of themselves, and anybody can.
    private static let claims = [
        "X-Health-Check: 1", "X-Appengine-Cron: true", "X-CloudScheduler: true", "Metadata-Flavor: Google",
        "X-Lockstep-Probe: 1", "X-Internal: true",
    ]

    @Test("a probe's name opens nothing", arguments: agents)
    func agent(_ agent: String) async throws {
        try await UpstreamServer.with(TestPlant.friendly) { plant in
            try await TestGateway.run(plant: plant) { gateway in
                for path in [
                    "/api/v1/customers", "/api/health/customers", "/api/v1/health", "/api/ready", "/api/healthz",
                ] {
                    for method in ["GET", "HEAD", "OPTIONS", "POST"] {
                        let request = TestGateway.request(method, path, ["User-Agent: \(agent)"] + Self.claims)
                        let response = try await gateway.send(request, head: method == "HEAD")
                        #expect(response.status == 401, "\(method) \(path)")
                    }
                }
                for path in ["/internal/v1/keys", "/internal/v1/keys/probe", "/internal/v1/revocations"] {
                    let response = try await gateway.get(path, ["User-Agent: \(agent)"] + Self.claims)
                    #expect([401, 404].contains(response.status), "\(path)")
                }
                #expect(plant.requests.isEmpty)
            }
        }
    }
}
