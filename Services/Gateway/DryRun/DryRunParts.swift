import Logging

/// What the loops' dry runs share.
struct DryRunParts: Sendable {
    let candidate: ServedRoutes
    let ledger: DryRunLedger
    /// The candidate's own buckets: those in force are not touched.
    let routeLimiter = SharedRouteLimiter()
    let rateLimiter: SharedRateLimiter

    init(candidate: ServedRoutes, rateLimitPerMinute: Int, logger: Logger) {
        self.candidate = candidate
        ledger = DryRunLedger(logger: logger)
        rateLimiter = SharedRateLimiter(perMinute: rateLimitPerMinute)
    }
}
