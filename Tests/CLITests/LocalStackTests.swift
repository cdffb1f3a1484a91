import Foundation
import Secrets
import Testing

@testable import CLI

/// The compose file of this repository, as `lockstep up` plans it.
@Suite("docker-compose.local.yml")
struct LocalStackTests {
    static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("docker-compose.local.yml").path

    static let required = [
        "JWT_SECRET": Samples.secret, "LOCKSTEP_INTERNAL_TOKEN": Samples.other, "PORTAL_DATA_KEY": Samples.other,
        "PORTAL_ADMIN_EMAIL": "admin@lockstep.local", "PORTAL_ADMIN_PASSWORD": "a password",
    ]

    static func plan(_ more: [String: String] = [:]) throws -> StackPlan {
        try PlanTests.plan(
            String(contentsOfFile: path, encoding: .utf8), variables: required.merging(more) { $1 })
    }

    static func environments(_ more: [String: String] = [:]) throws -> [String: [String: String]] {
        Dictionary(uniqueKeysWithValues: try plan(more).services.map { ($0.name, $0.environment) })
    }

    @Test("gives all four the one secret and the one environment")
    func oneSecret() throws {
        let environments = try Self.environments()
        #expect(environments.keys.sorted() == ["cp-backend", "plant-backend", "plant-gateway", "pp-backend"])
        for (name, environment) in environments {
            #expect(environment["JWT_SECRET"] == Samples.secret, "\(name)")
            #expect(environment["ENVIRONMENT"] == "development", "\(name)")
            #expect(environment["HOST"] == "127.0.0.1", "\(name)")
        }
    }

    @Test("lets portals and plant believe the gateway about its client, and the gateway nobody")
    func trustedProxies() throws {
        let environments = try Self.environments()
        for name in ["pp-backend", "cp-backend", "plant-backend"] {
            let networks = environments[name]?["TRUSTED_PROXIES"]?.split(separator: ",") ?? []
            #expect(networks.contains("127.0.0.0/8"), "\(name): the gateway that `lockstep up` runs")
            #expect(networks.contains("172.16.0.0/12"), "\(name): the gateway in a container")
        }
        #expect(environments["plant-gateway"]?["TRUSTED_PROXIES"] == nil)
    }

    @Test("gives each service the secret that the command line resolves from the same .env, whichever name holds it")
    func oneResolution() async throws {
        for name in ["JWT_SECRET_DEVELOPMENT", "JWT_SECRET_KEY", "SECRET_KEY"] {
            let variables = ["ENVIRONMENT": "development", name: Samples.other]
            let trial = try Trial(Self.required.merging(variables) { $1 })
            let kid = try await SigningKeys.load(trial.variables, quietly: true, in: trial.context()).manager.ring
                .current?.id
            let held = await HeldKeys.of(try Self.plan(variables), in: trial.context())
            for (service, key) in held {
                #expect(key.common == kid.map { "\($0) development" }, "\(service) resolves \(name) otherwise")
            }
        }
    }

    @Test(
        "passes a setting of .env on to the service that reads it",
        arguments: [
            ("GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT", "plant-gateway"), ("GW_AUTH_RATE_LIMIT_PER_MINUTE", "plant-gateway"),
            ("ACCESS_TOKEN_EXPIRE_MINUTES", "pp-backend"), ("ARGON2_PASSES", "cp-backend"),
            ("JWT_ALGORITHM", "plant-backend"), ("LOG_LEVEL", "pp-backend"), ("DRAIN_SECONDS", "plant-gateway"),
        ])
    func passesOn(name: String, service: String) throws {
        #expect(try Self.environments([name: "set"])[service]?[name] == "set")
    }
}
