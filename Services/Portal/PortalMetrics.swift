import CoreMetrics

/// What the portal counts. Dimensions are fixed words, never something a client sent.
enum PortalMetrics {
    static func login(_ outcome: String) {
        Counter(label: "lockstep_portal_logins_total", dimensions: [("outcome", outcome)]).increment()
    }

    static func refresh(_ outcome: String) {
        Counter(label: "lockstep_portal_refreshes_total", dimensions: [("outcome", outcome)]).increment()
    }

    static func secondFactor(_ outcome: String) {
        Counter(label: "lockstep_portal_second_factors_total", dimensions: [("outcome", outcome)]).increment()
    }

    static func serviceToken(_ outcome: String) {
        Counter(label: "lockstep_portal_service_tokens_total", dimensions: [("outcome", outcome)]).increment()
    }

    /// Access tokens of browsers' sessions: `minted`, or `shared` with requests that came at the same time.
    static func webRenewal(_ outcome: String) {
        Counter(label: "lockstep_portal_web_renewals_total", dimensions: [("outcome", outcome)]).increment()
    }

    static func registration(_ outcome: String) {
        Counter(label: "lockstep_portal_registrations_total", dimensions: [("outcome", outcome)]).increment()
    }

    static func delivery(_ outcome: String, of voice: OutboxVoice) {
        Counter(label: "lockstep_portal_\(voice.metrics)_deliveries_total", dimensions: [("outcome", outcome)])
            .increment()
    }

    /// - Parameter age: seconds that the oldest message has waited.
    static func backlog(_ backlog: OutboxBacklog, of voice: OutboxVoice, age: Int64) {
        Gauge(label: "lockstep_portal_\(voice.metrics)_pending").record(backlog.pending)
        Gauge(label: "lockstep_portal_\(voice.metrics)_rejected").record(backlog.rejected)
        Gauge(label: "lockstep_portal_\(voice.metrics)_oldest_seconds").record(age)
    }
}
