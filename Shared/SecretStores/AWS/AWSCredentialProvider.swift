/// The credentials that sign, loaded once for all calls that need them, and renewed ahead of their end.
actor AWSCredentialProvider {
    /// Seconds before their end from which credentials are renewed.
    private static let margin: Int64 = 300

    private let sources: [AWSCredentialSource]
    private let exchange: AWSCredentialExchange
    private let now: @Sendable () -> Int64
    private var held: AWSCredentials?

    init(sources: [AWSCredentialSource], exchange: AWSCredentialExchange, now: @escaping @Sendable () -> Int64) {
        self.sources = sources
        self.exchange = exchange
        self.now = now
    }

    func credentials() async throws(AWSFault) -> AWSCredentials {
        if let held, held.expiresAt.map({ $0 - Self.margin > now() }) ?? true { return held }
        for source in sources {
            guard let loaded = try await source.load(exchange) else { continue }
            held = loaded
            return loaded
        }
        throw .noCredentials(reason: "no AWS credentials are configured")
    }

    /// AWS does not take them any more.
    func forget() { held = nil }
}
