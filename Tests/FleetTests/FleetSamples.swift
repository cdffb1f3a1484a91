import Contracts
import HTTPKit
import Secrets

enum FleetSamples {
    static let one = SecretBytes(utf8: "Yk3vQ8xN1zR7tLw2Jp9sHd5mFb4cGa6eUi0o-one")
    static let two = SecretBytes(utf8: "p7WmZ2kXc9Rf4TqLs8Nd1VhJb6Gy3Ea5Uo0i-two")
    static var kidOne: String { KeyID.derived(from: one).rawValue }
    static var kidTwo: String { KeyID.derived(from: two).rawValue }

    static func ring(
        _ secrets: [(SecretBytes, KeyState)] = [(one, .current)], environment: DeploymentEnvironment = .production,
        version: UInt64 = 1, source: String = "file /run/secrets/jwt (JWT_SECRET_FILE)"
    ) -> KeyRing {
        KeyRing(
            keys: secrets.map {
                RingKey(id: .derived(from: $0.0), algorithm: .hs256, secret: $0.0, state: $0.1)
            }, source: source, environment: environment, version: version)
    }

    static func report(
        _ service: String = "gateway", _ instance: String = "host-1", kids: [(String, String)]? = nil,
        environment: String = "production", issuer: String? = nil, ready: Bool = true
    ) -> FleetReport {
        FleetReport(
            service: service, instance: instance, environment: environment, source: "file B", delivery: "watched",
            ringVersion: 1, ringAge: 0,
            keys: (kids ?? [(kidOne, "current")]).map {
                FleetKey(kid: $0.0, algorithm: "HS256", state: $0.1, verified: true)
            }, issuer: issuer, leeway: 60, agreement: "agreed", build: "0.1.0", startedAt: 1_800_000_000, ready: ready)
    }
}
