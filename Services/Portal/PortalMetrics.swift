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

    static func delivery(_ outcome: String) {
        Counter(label: "lockstep_portal_outbox_deliveries_total", dimensions: [("outcome", outcome)]).increment()
    }

    /// - Parameter age: seconds that the oldest message has waited.
    static func backlog(_ backlog: OutboxBacklog, age: Int64) {
        Gauge(label: "lockstep_portal_outbox_pending").record(backlog.pending)
        Gauge(label: "lockstep_portal_outbox_rejected").record(backlog.rejected)
        Gauge(label: "lockstep_portal_outbox_oldest_seconds").record(age)
    }
}
