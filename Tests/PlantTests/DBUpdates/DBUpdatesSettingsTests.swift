import Secrets
import ServiceKit
import Testing

@testable import Plant

@Suite("Settings of DB updates")
struct DBUpdatesSettingsTests {
    private static let server = "postgres://plant@db.example/plant"

    private static func read(
        _ variables: [String: String], _ environment: DeploymentEnvironment = .test
    ) throws(SettingsError) -> PlantSettings {
        let all = ["DATABASE_URL": server].merging(variables) { $1 }
        let reader = SettingsReader(variables: all)
        let settings = PlantSettings(reader: reader, environment: environment)
        try reader.finish()
        return settings
    }

    @Test("off unless they are asked for; then with their defaults")
    func defaults() throws {
        #expect(try Self.read([:]).dbUpdates == nil)
        #expect(try Self.read(["DB_UPDATES_DATABASE_URL": Self.server]).dbUpdates == nil)
        let settings = try #require(try Self.read(["ENABLE_DB_UPDATES": "true"]).dbUpdates)
        #expect(settings.databaseURL == nil)
        #expect(settings.maximumRows == 1000)
        #expect(settings.maximumTime == .seconds(5))
    }

    @Test(
        "off in staging and production whatever is set, with a warning",
        arguments: [DeploymentEnvironment.staging, .production])
    func production(_ environment: DeploymentEnvironment) throws {
        let variables = ["LOCKSTEP_INTERNAL_TOKEN": "an-internal-token-for-tests-long-enough"]
        let settings = try Self.read(variables.merging(["ENABLE_DB_UPDATES": "true"]) { $1 }, environment)
        #expect(settings.dbUpdates == nil)
        #expect(settings.dbUpdatesWarning?.contains(environment.rawValue) == true)
        #expect(try Self.read(variables, environment).dbUpdatesWarning == nil)
    }

    @Test(
        "what can't work is told at the start, without the password",
        arguments: [
            ["DB_UPDATES_DATABASE_URL": "sqlite:///data/other.sqlite"],
            ["DB_UPDATES_DATABASE_URL": "mysql://x@y/hidden-word"],
            ["DB_UPDATES_DATABASE_URL": "postgres://x:hidden-word@db/plant?sslmode=prefer"],
            [
                "DB_UPDATES_DATABASE_URL": "postgres://x:hidden-word@db/plant",
                "DB_UPDATES_DATABASE_PASSWORD": "hidden-word",
            ],
            [
                "DATABASE_URL": "sqlite:///data/plant.sqlite",
                "DB_UPDATES_DATABASE_URL": "postgres://x:hidden-word@db/plant",
            ],
            ["DB_UPDATES_MAX_ROWS": "0"], ["DB_UPDATES_MAX_ROWS": "10001"], ["DB_UPDATES_TIMEOUT_SECONDS": "26"],
            ["DB_UPDATES_TIMEOUT_SECONDS": "0"],
        ])
    func faults(_ variables: [String: String]) {
        let error = #expect(throws: SettingsError.self) { _ = try Self.read(variables) }
        #expect(error?.faults.count == 1)
        #expect(error?.faults.first?.variable.hasPrefix("DB_UPDATES_") == true)
        #expect(error.map { !"\($0)".contains("hidden-word") } == true)
    }
}
