import AsyncHTTPClient
import Logging
import Secrets
import TestSupport

@testable import SecretStores

/// What the AWS tests stand on: a client that gives up soon, a clock, tokens that count, and pauses that take no time.
enum AWSTestBench {
    static let first = "Vn3kQ8xZr1LtYw6BsHd0uJfPmGcA5oEi9TqX7NbKvRy2WzDh"
    static let second = "p0OiU8yT6rE4wQ2aSdF5gH7jK9lZ1xC3vB0nM-Yt_RkWqLsE"
    static let third = "H4jL9sW2xP7vN1cT6bM3qR8dF5gK0zAyEuIoB-tGhJmXrVnC"
    static let now: Int64 = 1_800_000_000

    /// Real connections; pauses between attempts take no time, and nothing is waited for longer than five seconds.
    static var client: StoreClient {
        let real = StoreClient(http: .shared, deadline: .seconds(5), patience: .seconds(5))
        return StoreClient(
            send: { request, _ throws(StoreFault) in
                var request = request
                request.isRepeatable = false
                request.isThrottled = { _ in false }
                return try await real.send(request)
            },
            pause: { _ in await Task.yield() }, random: { 0 }, clock: { .now }, deadline: .seconds(60),
            patience: .seconds(5), policy: RetryPolicy())
    }
    static var logger: Logger { Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }) }

    static func surroundings(clock: ManualClock = ManualClock(now)) -> AWSSurroundings {
        AWSSurroundings(now: { clock.now }, token: AWSSurroundings.system.token, pause: { _ in await Task.yield() })
    }

    static func variables(_ url: String, key: String = SecretsManagerFake.key) -> [String: String] {
        [
            "AWS_ENDPOINT_URL_SECRETS_MANAGER": url, "AWS_ACCESS_KEY_ID": SecretsManagerFake.keyID,
            "AWS_SECRET_ACCESS_KEY": key,
        ]
    }

    static func store(_ url: String, variables: [String: String]? = nil) -> AWSSecretStore {
        AWSSecretStore.open(
            region: "eu-central-1", name: "prod/jwt", variables: variables ?? self.variables(url), client: client,
            logger: logger, surroundings: surroundings())
    }

    /// Runs `body` with a store of the fake.
    static func with<T>(_ body: (SecretsManagerFake, AWSSecretStore) async throws -> T) async throws -> T {
        let fake = SecretsManagerFake()
        return try await UpstreamServer.with({ fake.handle($0) }) { server in
            try await body(fake, store(server.url))
        }
    }

    static func bytes(_ text: String) -> SecretBytes { SecretBytes(utf8: text) }
}

/// A store that keeps the server it asks.
struct HeldAWSStore: WritableSecretStore {
    let server: UpstreamServer
    let store: AWSSecretStore
    var label: String { store.label }
    func read() async -> SourceReading { await store.read() }
    func write(_ secret: StoredSecret, replacing revision: String?) async throws(StoreWriteError) -> String {
        try await store.write(secret, replacing: revision)
    }
}
