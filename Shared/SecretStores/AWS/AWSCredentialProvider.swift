/// The credentials that sign: loaded once for all calls that need them, and renewed ahead of their end.
actor AWSCredentialProvider {
    /// Seconds before their end from which credentials are renewed.
    static let margin: Int64 = 300

    private let sources: [AWSCredentialSource]
    private let exchange: AWSCredentialExchange
    private let now: @Sendable () -> Int64
    private var held: AWSCredentials?
    private var isLoading = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(sources: [AWSCredentialSource], exchange: AWSCredentialExchange, now: @escaping @Sendable () -> Int64) {
        self.sources = sources
        self.exchange = exchange
        self.now = now
    }

    func credentials() async throws(AWSFault) -> AWSCredentials {
        while isLoading {
            // Not good for long, but good: nobody waits for the one who renews.
            if let held, remaining(held) > 0 { return held }
            await withCheckedContinuation { waiting.append($0) }
        }
        if let held, remaining(held) > Self.margin { return held }
        isLoading = true
        defer {
            isLoading = false
            for waiter in waiting { waiter.resume() }
            waiting = []
        }
        do throws(AWSFault) {
            let loaded = try await load()
            held = loaded
            return loaded
        } catch {
            if let held, remaining(held) > 0 { return held }
            throw error
        }
    }

    /// AWS does not take these any more. Others, loaded meanwhile, stay.
    func forget(_ refused: AWSCredentials) { if held == refused { held = nil } }

    private func load() async throws(AWSFault) -> AWSCredentials {
        for source in sources {
            if let loaded = try await source.load(exchange) { return loaded }
        }
        throw .noCredentials(reason: "no AWS credentials are configured")
    }

    private func remaining(_ credentials: AWSCredentials) -> Int64 {
        credentials.expiresAt.map { $0 - now() } ?? .max
    }
}
