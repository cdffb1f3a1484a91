package import Logging

// INTERFACE SKELETON: the owner of Secrets splits this into files and fills it in. Signatures are what other modules compile against.

/// The environment a service runs in (`ENVIRONMENT`).
package enum DeploymentEnvironment: String, Sendable, CaseIterable, Codable {
    case development, test, staging, production
    /// Development and test alone may use the development fallback.
    package var allowsDevelopmentFallback: Bool { self == .development || self == .test }
}

package enum KeyAlgorithm: String, Sendable, CaseIterable, Codable {
    case hs256 = "HS256"
    case hs384 = "HS384"
    case hs512 = "HS512"
    /// RFC 7518 §3.2, bytes.
    package var minimumKeyBytes: Int {
        switch self {
        case .hs256: 32
        case .hs384: 48
        case .hs512: 64
        }
    }
}

/// What logs and screens show of a key. Never a bare hash of the secret (DESIGN §2).
package struct KeyID: Hashable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: String
    package init(_ rawValue: String) { self.rawValue = rawValue }
    package var description: String { rawValue }
    package var isDevelopmentFallback: Bool { rawValue.hasPrefix("dev-") }
    /// base64url(HMAC-SHA256(key, "lockstep/kid/v1")), first 16 characters.
    package static func derived(from secret: SecretBytes) -> KeyID { fatalError("skeleton") }
}

/// Secret bytes that no print, log, dump or interpolation shows.
package struct SecretBytes: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    private let bytes: [UInt8]
    package init(_ bytes: [UInt8]) { self.bytes = bytes }
    package init(utf8 text: String) { self.bytes = Array(text.utf8) }
    package var count: Int { bytes.count }
    package func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try bytes.withUnsafeBytes(body)
    }
    package var description: String { "<\(count) secret bytes>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

package enum KeyState: String, Sendable, Codable { case next, current, previous, revoked }

package struct RingKey: Sendable, Hashable {
    package let id: KeyID
    /// The derived kid of a JWK that brings its own.
    package let aliases: [KeyID]
    package let algorithm: KeyAlgorithm
    package let secret: SecretBytes
    package let state: KeyState
    /// Seconds since the epoch, after which a `previous` key no longer verifies.
    package let retireAt: Int64?
    package init(
        id: KeyID, aliases: [KeyID] = [], algorithm: KeyAlgorithm, secret: SecretBytes, state: KeyState,
        retireAt: Int64? = nil
    ) {
        self.id = id
        self.aliases = aliases
        self.algorithm = algorithm
        self.secret = secret
        self.state = state
        self.retireAt = retireAt
    }
    /// Not revoked, and not past `retireAt`.
    package func verifies(at now: Int64) -> Bool { fatalError("skeleton") }
}

/// An immutable snapshot, replaced whole.
package struct KeyRing: Sendable, Hashable {
    package let keys: [RingKey]
    /// Where it was loaded from, e.g. `environment variable JWT_SECRET` or `file /run/secrets/jwt`.
    package let source: String
    package let environment: DeploymentEnvironment
    /// Grows with each replacement in this process.
    package let version: UInt64
    package init(keys: [RingKey], source: String, environment: DeploymentEnvironment, version: UInt64) {
        self.keys = keys
        self.source = source
        self.environment = environment
        self.version = version
    }
    /// The one key that signs.
    package var current: RingKey? { keys.first { $0.state == .current } }
    /// Exact by kid or alias, whatever its state; never a fallback.
    package func key(_ id: KeyID) -> RingKey? { fatalError("skeleton") }
}

/// Why a secret can't be used. The message names sources and kids and how to mend it, never a byte of a secret.
package struct SecretError: Error, Sendable, CustomStringConvertible {
    /// Stable, e.g. `secret_required`, `secret_conflict`, `secret_too_short`, `secret_placeholder`, `secret_weak`,
    /// `development_secret`, `environment_refused`, `ring_malformed`, `file_unreadable`.
    package let code: String
    package let message: String
    package init(code: String, message: String) {
        self.code = code
        self.message = message
    }
    package var description: String { message }
}

/// What a service can say of its keys without showing one. Codable: it is the body of `GET /internal/v1/keys`.
package struct SecretDiagnostics: Sendable, Codable, Equatable {
    package struct Source: Sendable, Codable, Equatable {
        package var name: String
        /// `present`, `absent`, `rejected`
        package var status: String
        package var reason: String?
        package var kid: String?
        package var bytes: Int?
    }
    package struct Key: Sendable, Codable, Equatable {
        package var kid: String
        package var aliases: [String]
        package var algorithm: String
        package var state: String
        package var retireAt: Int64?
    }
    package var environment: String
    package var environmentDetectedFrom: String
    package var sources: [Source]
    package var winner: String?
    package var ringVersion: UInt64
    package var keys: [Key]
    package var warnings: [String]
}

/// The one type that loads the signing secret. Nothing else reads its names.
package final class SecretManager: Sendable {
    package let environment: DeploymentEnvironment

    private init(environment: DeploymentEnvironment) { self.environment = environment }

    /// Resolves the chain of DESIGN §4 over `variables`, checks it and logs the stable lines.
    /// - Parameters:
    ///   - variables: the process environment, handed over by settings.
    ///   - algorithm: of a raw secret (`JWT_ALGORITHM`).
    ///   - isVerifier: a verifier in staging or production refuses a `dev-` kid by name.
    ///   - now: seconds since the epoch.
    package static func load(
        variables: [String: String], algorithm: KeyAlgorithm = .hs256, logger: Logger,
        now: @escaping @Sendable () -> Int64
    ) async throws(SecretError) -> SecretManager { fatalError("skeleton") }

    /// The present snapshot.
    package var ring: KeyRing { fatalError("skeleton") }
    package func diagnostics() -> SecretDiagnostics { fatalError("skeleton") }
    /// For deployment checks; logs `JWT secret synchronization validated for <environment>` or the failure line.
    package func validateSynchronization() throws(SecretError) { fatalError("skeleton") }
    /// Called at once with the present ring, then with each replacement, in order. The observer must not block.
    package func observe(_ observer: @escaping @Sendable (KeyRing) -> Void) { fatalError("skeleton") }
    /// Watches files and retirement until cancelled; a bad or half-written file never replaces a good ring (it is logged).
    package func run() async { fatalError("skeleton") }
}
