package import HTTPKit
package import ServiceKit

/// Decisions for a proxy that keeps its place in front of the services.
///
/// | variable | type | default |
/// |---|---|---|
/// | `GW_DECIDE_FOR` | `none`, `nginx`, `forward-auth` or `envoy` (`DecisionDialect`); needs TRUSTED_PROXIES | none |
package enum DecisionSettings {
    package static func read(_ reader: SettingsReader, trustedProxies: TrustedProxies) -> DecisionDialect {
        let dialect: DecisionDialect = reader.choice("GW_DECIDE_FOR", default: .none)
        if dialect != .none, trustedProxies == .none {
            reader.fault(
                "GW_DECIDE_FOR", "is set, and TRUSTED_PROXIES names nobody: every question would be refused.",
                mend: "Name the proxy that asks in TRUSTED_PROXIES (`unix` for one that comes by GW_LISTEN_UNIX).")
        }
        return dialect
    }
}
