/// The suite's own metrics. Names are contract: dashboards and alarms match them.
package enum MetricName {
    /// `{service,method,route,code}`; the route is the template, never the raw path.
    package static let httpRequests = "lockstep_http_requests_total"
    /// `{service,method,route}`
    package static let httpRequestDuration = "lockstep_http_request_duration_seconds"
    /// `{code}`: `valid`, or the refusal's code.
    package static let tokenVerifications = "lockstep_token_verifications_total"
    package static let tokenVerificationDuration = "lockstep_token_verification_seconds"
    /// `{result}`: `loaded`, `replaced`
    package static let keyLoads = "lockstep_key_loads_total"
    package static let ringVersion = "lockstep_ring_version"
    /// Seconds since the ring was last found in the source it came from; 0 for a variable.
    package static let ringAge = "lockstep_ring_age_seconds"
    /// `{source}`
    package static let secretSourceFailures = "lockstep_secret_source_failures_total"
    /// `{issuer,status}`: 1 for the present status, 0 for the others.
    package static let keyAgreement = "lockstep_key_agreement"
    /// `{issuer}`: how often agreement turned into disagreement.
    package static let keyDrift = "lockstep_key_drift_total"
    /// `{phase}`: 1 for the phase that a rotation is in (`rest`, `begun`, `promoted`, `confirmed`); at the keeper.
    package static let rotationPhase = "lockstep_rotation_phase"
    /// Replicas that a scheduled rotation waits for.
    package static let rotationBlocked = "lockstep_rotation_blocked"
    /// `{result}`: `fetched`, `failed`
    package static let keySetFetches = "lockstep_key_set_fetches_total"
    /// Seconds that the fleet keeper's clock is ahead of ours.
    package static let clockOffset = "lockstep_clock_offset_seconds"
    /// `{status}`, at the fleet keeper: `live`, `missing`
    package static let fleetReplicas = "lockstep_fleet_replicas"
    /// `{source}`: events that arrived.
    package static let revocations = "lockstep_revocations_total"
    /// `{source}`: seconds from the last event to its arrival.
    package static let revocationLag = "lockstep_revocation_lag_seconds"
    /// `{source}`: 1 while its revocations arrive.
    package static let revocationFeed = "lockstep_revocation_feed_live"

    static let overflow = "lockstep_metrics_overflow_total"
    static let buildInfo = "lockstep_build_info"

    static func help(_ name: String) -> String? {
        switch name {
        case httpRequests: "HTTP requests answered, by route template and status code."
        case httpRequestDuration: "Time from a request's head to the end of its answer."
        case tokenVerifications: "Access tokens verified, by outcome."
        case tokenVerificationDuration: "Time to verify one access token."
        case keyLoads: "Key rings loaded, by result."
        case ringVersion: "Version of the key ring in use; grows with each replacement."
        case ringAge: "Seconds since the key ring was last found in the source it came from; 0 for a variable."
        case secretSourceFailures: "Looks at a file or store of the signing secret that failed."
        case keyAgreement: "Key agreement with an issuer: 1 for its present status."
        case keyDrift: "How often an issuer's key was found to differ from ours."
        case rotationPhase: "Phase of the key rotation: 1 for the present one."
        case rotationBlocked: "Replicas that a scheduled key rotation waits for."
        case keySetFetches: "Fetches of the remote JWK Set, by result."
        case clockOffset: "Seconds that the fleet keeper's clock is ahead of this service's."
        case fleetReplicas: "Replicas in the fleet table, by status."
        case revocations: "Revocations that arrived, by who told them."
        case revocationLag: "Seconds from the last revocation to its arrival."
        case revocationFeed: "Whether the revocations of a service arrive."
        case overflow: "Series that went to a metric's overflow series, as it had too many label values."
        case buildInfo: "What runs here; always 1."
        default: nil
        }
    }
}
