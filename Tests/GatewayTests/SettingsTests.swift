import Gateway
import HTTPKit
import ServiceKit
import Testing

@Suite("Settings")
struct SettingsTests {
    private static let minimum = ["PLANT_BACKEND_URL": "http://plant:8001"]

    private static func faults(_ variables: [String: String], file: [UInt8]? = nil) -> [String] {
        let reader = SettingsReader(variables: variables)
        _ = GatewaySettings(reader: reader, cores: 2, readFile: { _ in file })
        do throws(SettingsError) {
            try reader.finish()
            return []
        } catch {
            return error.faults.map { "\($0.variable) \($0.problem)" }
        }
    }

    private static func settings(_ variables: [String: String], file: String? = nil) throws -> GatewaySettings {
        let reader = SettingsReader(variables: minimum.merging(variables) { $1 })
        let settings = GatewaySettings(reader: reader, cores: 2, readFile: { _ in file.map { Array($0.utf8) } })
        try reader.finish()
        return settings
    }

    @Test("defaults are DESIGN's")
    func defaults() throws {
        let settings = try Self.settings([:])
        #expect(settings.allowsEnrichment)
        #expect(!settings.enrichment.alwaysValidates)
        #expect(settings.enrichment.lifetimes == VerdictLifetimes(confirmed: 30, refused: 5))
        #expect(settings.enrichmentFailure == .closed)
        #expect(settings.rateLimitPerMinute == 30)
        #expect(settings.threads == 2)
        #expect(settings.routes == .builtIn)
        #expect(settings.metadata == nil)
        #expect(settings.origins[.platform] == nil)
    }

    @Test("the first portal is the platform's, the customer's is named or the second")
    func portals() throws {
        let both = try Self.settings(["PORTAL_URLS": "http://pp:8080,http://cp:8081"])
        #expect(both.origins[.platform] == Origin("http://pp:8080"))
        #expect(both.origins[.customer] == Origin("http://cp:8081"))
        let named = try Self.settings([
            "PORTAL_URLS": "http://pp:8080,http://cp:8081", "CUSTOMER_PORTAL_URL": "http://other:1",
        ])
        #expect(named.origins[.customer] == Origin("http://other:1"))
        #expect(try Self.settings(["PORTAL_URL": "http://pp:8080"]).origins[.customer] == nil)
    }

    @Test("every fault is told at once")
    func all() {
        let faults = Self.faults([
            "GW_THREADS": "0", "GW_ENRICHMENT_FAILURE": "maybe", "TRUSTED_PROXIES": "10.0.0.0/99",
            "GW_ROUTES_FILE": "/nowhere",
            "GW_MAX_BODY_BYTES": "-1", "GW_MIN_BODY_RATE": "fast", "GW_BODY_GRACE_MS": "0",
            "PLANT_BACKEND_USE_ID_TOKEN": "perhaps",
        ])
        for name in [
            "PLANT_BACKEND_URL", "GW_THREADS", "GW_ENRICHMENT_FAILURE", "TRUSTED_PROXIES", "GW_ROUTES_FILE",
            "GW_MAX_BODY_BYTES", "GW_MIN_BODY_RATE", "GW_BODY_GRACE_MS", "PLANT_BACKEND_USE_ID_TOKEN",
        ] {
            #expect(faults.contains { $0.hasPrefix(name + " ") }, "\(name)")
        }
    }

    @Test("a routes file replaces the table, and its faults name file and route")
    func routesFile() throws {
        let good = try Self.settings(
            ["GW_ROUTES_FILE": "/etc/routes.json"], file: #"[{"prefix": "/r/", "upstream": "http://reports:9"}]"#)
        #expect(good.routes.routes.map(\.prefix) == ["/r/"])
        let origin = try #require(Origin("http://reports:9"))
        #expect(good.origins[.other(origin)] == origin)
        let faults = Self.faults(
            Self.minimum.merging(["GW_ROUTES_FILE": "/etc/routes.json"]) { $1 }, file: Array(#"[{"prefix": "r"}]"#.utf8)
        )
        #expect(
            faults == [
                "GW_ROUTES_FILE /etc/routes.json:1:2: route 0 needs an \"upstream\":",
                "GW_ROUTES_FILE /etc/routes.json:1:13: route 0 needs a \"prefix\" that is a path in its canonical form:",
            ])
    }
}
