package import Fleet
package import HTTPKit
import NIOCore
package import ServiceKit

/// What the gateway reads. `HOST`, `PORT`, logging and draining are in `CommonSettings`, keys in `TokenSettings` and
/// `SecretManager`, agreement in `KeyAgreementMonitor.Settings`, the internal token in `InternalToken`.
///
/// | variable | type | default |
/// |---|---|---|
/// | `PLANT_BACKEND_URL` | address of the plant | required |
/// | `PORTAL_URLS`, or `PORTAL_URL` | the issuers; the first is the platform portal | none: its routes answer 404 |
/// | `CUSTOMER_PORTAL_URL` | where `/cp/` leads | the second of PORTAL_URLS |
/// | `FLEET_KEEPER_URL`, `FLEET_REPORT_INTERVAL_SECONDS` | see `FleetSettings` | |
/// | `GW_ROUTES_FILE` | path of a YAML or JSON file (`RoutesFile`) | the built-in table |
/// | `GW_ROUTES_DRY_RUN_FILE` | path of a candidate for it: what it would do otherwise is told, nothing changes | none |
/// | `GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT` | ask the plant who the customer is | true |
/// | `GW_ALWAYS_VALIDATE_WITH_PLANT` | ask on every request, keep no verdict | false |
/// | `GW_ENRICHMENT_TTL_SECONDS` | 1 to 3600; never beyond the token's `exp` | 30 |
/// | `GW_ENRICHMENT_NEGATIVE_TTL_SECONDS` | 0 to 3600, of the plant's refusals; 0: none is kept | 5 |
/// | `GW_ENRICHMENT_STALE_SECONDS` | 0 to 86400 beyond the TTL, while one call asks anew | 0 |
/// | `GW_ENRICHMENT_STALE_IF_ERROR_SECONDS` | 0 to 86400 beyond the TTL, while the plant can't be asked | 0 |
/// | `GW_ENRICHMENT_BREAKER_FAILURES` | in a row, of one loop's calls, that open the circuit | 5 |
/// | `GW_ENRICHMENT_BREAKER_SECONDS` | 1 to 3600 until one call probes it | 5 |
/// | `GW_ENRICHMENT_CONCURRENT_CALLS` | validations under way on each event loop | 256 |
/// | `GW_REVOCATIONS` | follow what portals and plant revoke | true |
/// | `GW_ENRICHMENT_LOST_TTL_SECONDS` | 0 to 3600; in place of the other while revocations do not arrive | 5 |
/// | `GW_ENRICHMENT_FAILURE` | closed (503) or open (without customer headers) | closed |
/// | `GW_ENRICHMENT_TIMEOUT_MS` | for the plant's answer, connecting included | 3000 |
/// | `GW_AUTH_RATE_LIMIT_PER_MINUTE` | per client address on login-like routes; 0: none | 30 |
/// | `GW_THREADS` | event loops | cores |
/// | `GW_MAX_CONNECTIONS` | client connections in all | 16384 |
/// | `GW_UPSTREAM_CONNECTIONS` | 1 to 65536, of each loop to each address of an upstream | 256 |
/// | `GW_UPSTREAM_WAITERS` | 1 to 1000000 requests of each loop that wait for one of them; one more is 503 | 4096 |
/// | `GW_MAX_BODY_BYTES` | of a request | 33554432 |
/// | `GW_HEAD_TIMEOUT_MS` | for the whole head of a request | 10000 |
/// | `GW_KEEPALIVE_TIMEOUT_MS` | between two requests | 75000 |
/// | `GW_IDLE_TIMEOUT_MS` | between two parts of a body, either way | 60000 |
/// | `GW_CONNECT_TIMEOUT_MS` | to an upstream | 2000 |
/// | `GW_FIRST_BYTE_TIMEOUT_MS` | until an upstream's head | 30000 |
/// | `GW_TOTAL_TIMEOUT_MS` | a whole exchange | 600000 |
/// | `GW_MIN_BODY_RATE` | 0 to 1000000 bytes per second of a body, while the gateway waits for it; 0: none | 64 |
/// | `GW_BODY_GRACE_MS` | before anything of it has come | 10000 |
/// | `GW_TUNNEL_IDLE_TIMEOUT_MS` | of a WebSocket, when neither side says anything | 300000 |
/// | `GW_ACCESS_LOG_SAMPLE` | one in so many requests that went well is logged; 0: none | 1 |
/// | `OTEL_…` | see `TracingSettings` | no spans |
/// | `TRUSTED_PROXIES` | addresses and CIDR blocks whose X-Forwarded-* count; `unix` | none |
/// | `GW_DECIDE_FOR` | see `DecisionSettings` | none |
/// | `GW_TLS_…`, `GW_PROXY_PROTOCOL`, `GW_LISTEN_UNIX` | see `FrontSettings` | |
/// | `GW_UPSTREAM_TLS_CA_FILE` | path of a PEM file: who signs what https upstreams show | the system's authorities |
/// | `GW_UPSTREAM_TLS_CERT_FILE` | path of a PEM file, leaf first: shown to https upstreams that ask | none |
/// | `GW_UPSTREAM_TLS_KEY_FILE` | path of its private key, PEM, not encrypted | with the certificate |
/// | `PLANT_BACKEND_USE_ID_TOKEN` | Cloud Run IAM: an ID token in Authorization | false |
/// | `GCE_METADATA_HOST` | host[:port] of the metadata server | metadata.google.internal |
package struct GatewaySettings: Sendable {
    package var origins: [UpstreamName: Origin]
    package var agreement: KeyAgreementMonitor.Settings
    package var fleet: FleetSettings
    package var routes: RouteTable
    /// Of `routes`; nil: built in.
    package var routesSource: RoutesInForce.Source?
    /// Of a dry run.
    package var candidate: (table: RouteTable, source: RoutesInForce.Source)?
    package var allowsEnrichment: Bool
    package var enrichment: EnrichmentSettings
    /// Whose revocations are followed, without trailing slash.
    package var revocationSources: [String]
    package var enrichmentFailure: EnrichmentFailure
    package var rateLimitPerMinute: Int
    package var threads: Int
    package var maximumConnections: Int
    var pools: UpstreamPool.Limits
    /// Bytes.
    package var maximumBody: Int
    package var timeouts: Timeouts
    var bodyPace: BodyPace.Rule
    package var accessLogSample: Int
    /// Nil without a collector.
    package var tracing: TracingSettings?
    package var trustedProxies: TrustedProxies
    package var front: FrontSettings
    package var decisions: DecisionDialect
    /// For https upstreams that the routes file says nothing else of.
    package var upstreamTLS: UpstreamTLS.Files
    /// The metadata server, where the plant wants ID tokens.
    package var metadata: Origin?

    /// - Parameter readFile: the bytes of GW_ROUTES_FILE; throws or answers nil when it can't be read.
    package init(reader: SettingsReader, cores: Int, readFile: (String) -> [UInt8]?) {
        agreement = KeyAgreementMonitor.Settings(reader: reader)
        fleet = FleetSettings(reader: reader, portalURLs: agreement.portalURLs)
        origins = Self.origins(reader, portals: agreement.portalURLs)
        allowsEnrichment = reader.bool("GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT", default: true)
        enrichment = EnrichmentSettings(reader: reader)
        enrichmentFailure = reader.choice("GW_ENRICHMENT_FAILURE", default: .closed)
        rateLimitPerMinute = reader.int("GW_AUTH_RATE_LIMIT_PER_MINUTE", default: 30, in: 0...1_000_000)
        threads = reader.int("GW_THREADS", default: cores, in: 1...256)
        maximumConnections = reader.int("GW_MAX_CONNECTIONS", default: 16_384, in: 1...1_000_000)
        pools = UpstreamPool.Limits(reader: reader)
        maximumBody = reader.int("GW_MAX_BODY_BYTES", default: 32 * 1024 * 1024, in: 0...1_099_511_627_776)
        timeouts = Self.timeouts(reader)
        bodyPace = Self.bodyPace(reader)
        accessLogSample = reader.int("GW_ACCESS_LOG_SAMPLE", default: 1, in: 0...1_000_000)
        tracing = TracingSettings(reader: reader)
        trustedProxies = TrustedProxies(reader: reader, servesUnixPeers: true)
        front = FrontSettings(reader: reader, trustedProxies: trustedProxies)
        decisions = DecisionSettings.read(reader, trustedProxies: trustedProxies)
        upstreamTLS = UpstreamTLS.Files(reader: reader)
        metadata = Self.metadata(reader)
        revocationSources = []
        if reader.bool("GW_REVOCATIONS", default: true) {
            // Behind Cloud Run IAM `Authorization` is the platform's: the internal token has no way to the plant.
            let plant = metadata == nil ? reader.url("PLANT_BACKEND_URL") : nil
            revocationSources = agreement.portalURLs + [plant].compactMap { $0 }
        }
        let file = Self.routes("GW_ROUTES_FILE", reader, readFile)
        routes = file?.table ?? .builtIn
        routesSource = file?.source
        candidate = Self.routes("GW_ROUTES_DRY_RUN_FILE", reader, readFile)
        for route in routes.routes {
            guard case .upstream(.other(let origin)) = route.destination else { continue }
            origins[.other(origin)] = origin
        }
    }

    /// - Returns: nil where no file is named, or one with faults, of which the reader is told.
    private static func routes(
        _ variable: String, _ reader: SettingsReader, _ readFile: (String) -> [UInt8]?
    ) -> (table: RouteTable, source: RoutesInForce.Source)? {
        guard let path = reader.string(variable) else { return nil }
        guard let bytes = readFile(path) else {
            reader.fault(variable, "names a file that can't be read: \(path).", mend: "Mend path or rights.")
            return nil
        }
        do throws(RoutesFile.Faults) {
            return (try RoutesFile.load(bytes), RoutesInForce.Source(path: path, bytes: bytes))
        } catch {
            for fault in error.faults {
                let place = "\(path):\(fault.position.line):\(fault.position.column)"
                reader.fault(variable, "\(place): \(fault.problem):", mend: "\(fault.mend).")
            }
            return nil
        }
    }

    private static func origins(_ reader: SettingsReader, portals: [String]) -> [UpstreamName: Origin] {
        var origins: [UpstreamName: Origin] = [:]
        _ = reader.require("PLANT_BACKEND_URL", mend: "Set the plant's address, such as http://127.0.0.1:8001.")
        origins[.plant] = reader.url("PLANT_BACKEND_URL").flatMap(Origin.init(_:))
        origins[.platform] = portals.first.flatMap(Origin.init(_:))
        let customer = reader.url("CUSTOMER_PORTAL_URL") ?? portals.dropFirst().first
        origins[.customer] = customer.flatMap(Origin.init(_:))
        return origins
    }

    private static func milliseconds(_ reader: SettingsReader, _ name: String, _ amount: TimeAmount) -> TimeAmount {
        .milliseconds(Int64(reader.int(name, default: Int(amount.nanoseconds / 1_000_000), in: 1...86_400_000)))
    }

    private static func bodyPace(_ reader: SettingsReader) -> BodyPace.Rule {
        let usual = BodyPace.Rule()
        return BodyPace.Rule(
            rate: reader.int("GW_MIN_BODY_RATE", default: usual.rate, in: 0...BodyPace.Rule.maximumRate),
            grace: milliseconds(reader, "GW_BODY_GRACE_MS", usual.grace))
    }

    private static func timeouts(_ reader: SettingsReader) -> Timeouts {
        func milliseconds(_ name: String, _ amount: TimeAmount) -> TimeAmount {
            Self.milliseconds(reader, name, amount)
        }
        var timeouts = Timeouts()
        timeouts.head = milliseconds("GW_HEAD_TIMEOUT_MS", timeouts.head)
        timeouts.keepAlive = milliseconds("GW_KEEPALIVE_TIMEOUT_MS", timeouts.keepAlive)
        timeouts.idle = milliseconds("GW_IDLE_TIMEOUT_MS", timeouts.idle)
        timeouts.connect = milliseconds("GW_CONNECT_TIMEOUT_MS", timeouts.connect)
        timeouts.firstByte = milliseconds("GW_FIRST_BYTE_TIMEOUT_MS", timeouts.firstByte)
        timeouts.total = milliseconds("GW_TOTAL_TIMEOUT_MS", timeouts.total)
        timeouts.tunnelIdle = milliseconds("GW_TUNNEL_IDLE_TIMEOUT_MS", timeouts.tunnelIdle)
        return timeouts
    }

    private static func metadata(_ reader: SettingsReader) -> Origin? {
        let host = reader.string("GCE_METADATA_HOST", default: "metadata.google.internal")
        guard reader.bool("PLANT_BACKEND_USE_ID_TOKEN", default: false) else { return nil }
        guard let origin = Origin("http://" + host), origin.basePath.isEmpty else {
            reader.fault("GCE_METADATA_HOST", "is no host or host:port.", mend: "Leave it out on Google Cloud.")
            return nil
        }
        return origin
    }
}
