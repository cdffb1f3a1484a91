import NIOCore
package import ServiceKit

/// How the plant is asked, and for how long its word is kept: the `GW_ENRICHMENT_*` of `GatewaySettings`.
package struct EnrichmentSettings: Sendable, Equatable {
    /// GW_ALWAYS_VALIDATE_WITH_PLANT: nothing is kept, whatever the times below say.
    package var alwaysValidates: Bool
    package var lifetimes: VerdictLifetimes
    package var stale: StaleBounds
    /// Milliseconds.
    package var timeout: Int
    /// Calls under way on each loop.
    package var concurrentCalls: Int
    package var breakerFailures: Int
    /// Seconds.
    package var breakerSeconds: Int

    package init(reader: SettingsReader) {
        func seconds(_ name: String, default value: Int, in range: ClosedRange<Int>) -> Int64 {
            Int64(reader.int(name, default: value, in: range))
        }
        alwaysValidates = reader.bool("GW_ALWAYS_VALIDATE_WITH_PLANT", default: false)
        lifetimes = VerdictLifetimes(
            confirmed: seconds("GW_ENRICHMENT_TTL_SECONDS", default: 30, in: 1...3600),
            refused: seconds("GW_ENRICHMENT_NEGATIVE_TTL_SECONDS", default: 5, in: 0...3600),
            whenLost: seconds("GW_ENRICHMENT_LOST_TTL_SECONDS", default: 5, in: 0...3600))
        stale = StaleBounds(
            whileRevalidating: seconds("GW_ENRICHMENT_STALE_SECONDS", default: 0, in: 0...86_400),
            ifError: seconds("GW_ENRICHMENT_STALE_IF_ERROR_SECONDS", default: 0, in: 0...86_400))
        timeout = reader.int("GW_ENRICHMENT_TIMEOUT_MS", default: 3000, in: 1...60_000)
        concurrentCalls = reader.int("GW_ENRICHMENT_CONCURRENT_CALLS", default: 256, in: 1...1_000_000)
        breakerFailures = reader.int("GW_ENRICHMENT_BREAKER_FAILURES", default: 5, in: 1...1_000_000)
        breakerSeconds = reader.int("GW_ENRICHMENT_BREAKER_SECONDS", default: 5, in: 1...3600)
    }

    var ofLoop: Enricher.Settings {
        Enricher.Settings(
            lifetimes: alwaysValidates ? .none : lifetimes, stale: alwaysValidates ? .none : stale,
            timeout: .milliseconds(Int64(timeout)), concurrentCalls: concurrentCalls,
            breaker: CircuitBreaker.Settings(failures: breakerFailures, openFor: .seconds(Int64(breakerSeconds))))
    }
}
