import Secrets

enum Samples {
    static let one = SecretBytes(utf8: "one-0123456789abcdef0123456789abcdef")
    static let two = SecretBytes(utf8: "two-0123456789abcdef0123456789abcdef")

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
