package import Contracts

/// What a keeper takes. Bounds are generous for whoever is honest, and small enough that 1,000 replicas fit a table.
package enum FleetReportRules {
    /// Bytes of a report's body.
    package static let maximumBytes = 64 * 1024
    package static let maximumKeys = 64
    static let maximumAliases = 8
    static let maximumLagging = 16
    static let maximumLayouts = 8
    package static let maximumRefusals = 40
    /// Bytes of `detail`.
    static let maximumDetail = 4096
    static let maximumSource = 512
    static let maximumKid = 256

    private static let states: Set<String> = ["next", "current", "previous", "revoked"]
    private static let agreements: Set<String> = ["agreed", "disagreed", "unconfirmed", "pending", "unconfigured"]
    private static let environments: Set<String> = ["development", "test", "staging", "production"]
    /// Seconds since the epoch that fit every reader's numbers.
    private static let times: ClosedRange<Int64> = 0...(1 << 50)

    /// Field → what is wrong with it; empty: it may be kept.
    package static func faults(in report: FleetReport) -> [String: String] {
        var faults: [String: String] = [:]
        func require(_ field: String, _ holds: Bool, _ rule: String) { if !holds { faults[field] = rule } }
        let name = "is no name (1–128 of A–Z, a–z, 0–9, ., _, -, : and @)"
        let text = "is too long or has characters that can't be shown"
        require("service", FleetText.isName(report.service), name)
        require("instance", FleetText.isName(report.instance), name)
        require("environment", environments.contains(report.environment), "is no environment")
        require("source", FleetText.isPrintable(report.source, limit: maximumSource), text)
        require("delivery", ["watched", "pinned"].contains(report.delivery), "is neither watched nor pinned")
        require("agreement", agreements.contains(report.agreement), "is no agreement")
        require("detail", FleetText.isPrintable(report.detail ?? "", limit: maximumDetail), text)
        require("issuer", FleetText.isPrintable(report.issuer ?? "", limit: 256), text)
        require("build", FleetText.isPrintable(report.build, limit: 128), text)
        require("leeway", (0...3600).contains(report.leeway), "is not within 0–3600")
        require("longest_token", times.contains(report.longestToken ?? 0), "is no number of seconds")
        require("ring_age", times.contains(report.ringAge), "is no number of seconds")
        require("ring_version", report.ringVersion <= UInt64(1) << 50, "is too large")
        require("started_at", times.contains(report.startedAt), "is no time")
        require(
            "clock_offset_ms", (-(Int64(1) << 50)...(Int64(1) << 50)).contains(report.clockOffset ?? 0), "is too large")
        require(
            "layouts",
            report.layouts.count <= maximumLayouts && report.layouts.allSatisfy { ["jwks", "names"].contains($0) },
            "names something else than jwks and names")
        require(
            "lagging",
            report.lagging.count <= maximumLagging
                && report.lagging.allSatisfy { FleetText.isPrintable($0, limit: maximumKid) }, text)
        require(
            "refusals",
            report.refusals.count <= maximumRefusals && report.refusals.allSatisfy(isPrintable),
            "are more than \(maximumRefusals), or some can't be shown")
        require("keys", report.keys.count <= maximumKeys, "are more than \(maximumKeys)")
        for (index, key) in report.keys.prefix(maximumKeys).enumerated() {
            if let fault = fault(in: key) { faults["keys[\(index)]"] = fault }
        }
        return faults
    }

    private static func isPrintable(_ refusals: FleetRefusals) -> Bool {
        FleetText.isPrintable(refusals.code, limit: 64) && FleetText.isPrintable(refusals.kid ?? "", limit: maximumKid)
            && times.contains(refusals.count) && times.contains(refusals.firstAt) && times.contains(refusals.lastAt)
    }

    private static func fault(in key: FleetKey) -> String? {
        guard !key.kid.isEmpty, FleetText.isPrintable(key.kid, limit: maximumKid) else { return "has no kid to show" }
        guard key.aliases.count <= maximumAliases,
            key.aliases.allSatisfy({ FleetText.isPrintable($0, limit: maximumKid) })
        else { return "has too many aliases, or some that can't be shown" }
        guard FleetText.isPrintable(key.algorithm, limit: 32) else { return "has no algorithm to show" }
        guard states.contains(key.state) else { return "is in no known state" }
        guard times.contains(key.lastSignedAt ?? 0) else { return "was signed with at no time" }
        return nil
    }
}
