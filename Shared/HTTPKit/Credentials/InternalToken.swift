import Crypto
package import Secrets
package import ServiceKit

/// `LOCKSTEP_INTERNAL_TOKEN[_FILE]`: what services show each other on `/internal` (`Authorization: Bearer`). Fallback in
/// development and test alone.
package struct InternalToken: Sendable {
    package static let variable = "LOCKSTEP_INTERNAL_TOKEN"
    /// Bytes, outside development and test.
    package static let minimumBytes = 32
    private static let developmentFallback = "lockstep-development-internal-token"

    package let secret: SecretBytes

    /// Keys: `LOCKSTEP_INTERNAL_TOKEN` or `LOCKSTEP_INTERNAL_TOKEN_FILE` (secret, at least 32 bytes; required outside
    /// development and test).
    package init(reader: SettingsReader, environment: DeploymentEnvironment) {
        let mend = "Give every service of this environment one value; `lockstep secret generate` makes it."
        let fallback = SecretBytes(utf8: Self.developmentFallback)
        let isStrict = !environment.allowsDevelopmentFallback
        let minimum = isStrict ? Self.minimumBytes : 1
        let isNamed = [Self.variable, Self.variable + "_FILE"].contains { reader.string($0) != nil }
        let secret = reader.secret(Self.variable, minimumBytes: minimum)
        if isStrict && !isNamed {
            reader.fault(Self.variable, "is required in \(environment.rawValue) and not set.", mend: mend)
        }
        if isStrict, let secret, secret == fallback {
            reader.fault(Self.variable, "is the value that is meant for development.", mend: mend)
        }
        if let secret, !Self.isPrintable(secret) {
            reader.fault(Self.variable, "has characters that no header can carry.", mend: mend)
        }
        self.secret = secret ?? fallback
    }

    package init(secret: SecretBytes) { self.secret = secret }

    /// Constant time.
    /// - Parameter presented: the token alone, without `Bearer `.
    package func matches(_ presented: String?) -> Bool {
        guard let presented else { return false }
        let expected = secret.withUnsafeBytes { SHA256.hash(data: $0) }
        let received = SHA256.hash(data: Array(presented.utf8))
        return zip(expected, received).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Whether the request's `Authorization` is this token; anything else, two headers among it, is not.
    package func authorizes(_ authorizationValues: [String]) -> Bool {
        guard let token = try? BearerCredentials.token(in: authorizationValues) else { return false }
        return matches(token)
    }

    /// For outgoing requests.
    package var authorization: String {
        "Bearer " + secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// The internal endpoints matter most when the keys differ, and who may call them must not be able to sign tokens:
    /// outside development the token is not a key of the ring.
    package func check(against ring: KeyRing) throws(SettingsError) {
        guard !ring.environment.allowsDevelopmentFallback else { return }
        guard ring.keys.contains(where: { $0.secret == secret }) else { return }
        throw SettingsError(faults: [
            SettingsFault(
                variable: Self.variable, problem: "is the JWT secret itself.",
                mend: "Make a value of its own with `lockstep secret generate`.")
        ])
    }

    private static func isPrintable(_ secret: SecretBytes) -> Bool {
        secret.withUnsafeBytes { $0.allSatisfy { $0 > 0x20 && $0 < 0x7F } }
    }
}
