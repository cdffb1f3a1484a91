import Secrets
import TestSupport

/// Strong values that tests load, and a short way to load them.
enum Samples {
    static let first = "Vn3kQ8xZr1LtYw6BsHd0uJfPmGcA5oEi9TqX7NbKvRy2WzDh"
    static let second = "p0OiU8yT6rE4wQ2aSdF5gH7jK9lZ1xC3vB0nM-Yt_RkWqLsE"
    static let third = "H4jL9sW2xP7vN1cT6bM3qR8dF5gK0zAyEuIoB-tGhJmXrVnC"
    static let now: Int64 = 1_800_000_000

    static func manager(
        _ variables: [String: String], algorithm: KeyAlgorithm = .hs256, log: CapturedLog = CapturedLog(),
        stores: SecretStores = .fileOnly, timing: SecretTiming = .still, now: @escaping @Sendable () -> Int64 = { now }
    ) async throws(SecretError) -> SecretManager {
        try await SecretManager.load(
            variables: variables, algorithm: algorithm, logger: log.logger, now: now, stores: stores, timing: timing)
    }

    static func kid(_ secret: String) -> KeyID { KeyID.derived(from: SecretBytes(utf8: secret)) }
}
