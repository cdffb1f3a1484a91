import Secrets

/// The credentials that sign: from the first source that has some.
struct AWSCredentialProvider: Sendable {
    private let cache: CredentialCache<AWSCredentials, AWSFault>

    /// - Parameter now: seconds since the epoch.
    init(sources: [AWSCredentialSource], exchange: AWSCredentialExchange, now: @escaping @Sendable () -> Int64) {
        cache = CredentialCache(now: now) { _ throws(AWSFault) in
            for source in sources {
                guard let loaded = try await source.load(exchange) else { continue }
                return .init(value: loaded, lifetime: loaded.expiresAt.map { $0 - now() } ?? .max)
            }
            throw .noCredentials(reason: "no AWS credentials are configured")
        }
    }

    func credentials() async throws(AWSFault) -> AWSCredentials { try await cache.value() }

    /// AWS does not take these any more.
    func forget(_ refused: AWSCredentials) async { await cache.refused(refused) }
}
