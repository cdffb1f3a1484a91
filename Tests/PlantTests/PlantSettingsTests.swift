import Secrets
import ServiceKit
import Testing

@testable import Plant

@Suite("The plant's settings")
struct PlantSettingsTests {
    @Test("what is not said has its default")
    func defaults() throws {
        let reader = SettingsReader(variables: ["DATABASE_URL": "sqlite:///data/plant.sqlite"])
        let settings = PlantSettings(reader: reader, environment: .test)
        try reader.finish()
        #expect(!settings.trustsOriginalAuthorization)
        #expect(settings.assertionAudience == "plant")
        #expect(settings.auditRetention == 90 * 86_400)
        #expect(settings.databaseURL == "sqlite:///data/plant.sqlite")
    }

    @Test("all faults are told at once")
    func faults() {
        let reader = SettingsReader(variables: [
            "PLANT_TRUST_ORIGINAL_AUTHORIZATION": "perhaps", "PLANT_AUDIT_RETENTION_DAYS": "0",
            "TRUSTED_PROXIES": "somewhere",
        ])
        _ = PlantSettings(reader: reader, environment: .production)
        let error = #expect(throws: SettingsError.self) { try reader.finish() }
        let names = Set(error?.faults.map(\.variable) ?? [])
        #expect(
            names.isSuperset(of: [
                "PLANT_TRUST_ORIGINAL_AUTHORIZATION", "PLANT_AUDIT_RETENTION_DAYS", "TRUSTED_PROXIES", "DATABASE_URL",
                "LOCKSTEP_INTERNAL_TOKEN",
            ]))
    }
}
