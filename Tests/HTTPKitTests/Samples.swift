import Secrets

enum Samples {
    static let one = SecretBytes(utf8: "Yk3vQ8xN1zR7tLw2Jp9sHd5mFb4cGa6eUi0o-one")
    static let two = SecretBytes(utf8: "p7WmZ2kXc9Rf4TqLs8Nd1VhJb6Gy3Ea5Uo0i-two")

    static func key(_ secret: SecretBytes, state: KeyState = .current) -> RingKey {
        RingKey(id: .derived(from: secret), algorithm: .hs256, secret: secret, state: state)
    }

    static func ring(
        _ secret: SecretBytes = one, environment: DeploymentEnvironment = .production, version: UInt64 = 1,
        source: String = "environment variable JWT_SECRET"
    ) -> KeyRing {
        KeyRing(keys: [key(secret)], source: source, environment: environment, version: version)
    }
}
