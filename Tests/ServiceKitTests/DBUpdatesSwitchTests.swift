import Secrets
import ServiceKit
import Testing

@Suite("Whether there are DB updates")
struct DBUpdatesSwitchTests {
    @Test(
        "only where they are asked for, in development and test; elsewhere the log is told",
        arguments: [
            (nil, .development, false, false), ("false", .development, false, false),
            ("true", .development, true, false),
            (nil, .test, false, false), ("true", .test, true, false),
            (nil, .staging, false, false), ("false", .staging, false, false), ("true", .staging, false, true),
            (nil, .production, false, false), ("true", .production, false, true), ("1", .production, false, true),
        ] as [(String?, DeploymentEnvironment, Bool, Bool)])
    func decided(_ value: String?, _ environment: DeploymentEnvironment, _ isOn: Bool, _ warns: Bool) throws {
        var variables: [String: String] = [:]
        variables["ENABLE_DB_UPDATES"] = value
        let reader = SettingsReader(variables: variables)
        let found = DBUpdatesSwitch(reader: reader, environment: environment)
        try reader.finish()
        #expect(found.isOn == isOn)
        #expect((found.warning != nil) == warns)
        if warns { #expect(found.warning?.contains(environment.rawValue) == true) }
    }

    @Test("a value that is neither is a fault, and on is nothing by it")
    func fault() {
        let reader = SettingsReader(variables: ["ENABLE_DB_UPDATES": "perhaps"])
        #expect(!DBUpdatesSwitch(reader: reader, environment: .development).isOn)
        #expect(throws: SettingsError.self) { try reader.finish() }
    }
}
