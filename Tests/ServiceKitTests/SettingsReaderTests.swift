import Logging
import Secrets
import ServiceKit
import Testing

@Suite("Settings")
struct SettingsReaderTests {
    private enum Mode: String, CaseIterable { case fast, careful }

    @Test("an empty value counts as absent")
    func emptyIsAbsent() throws {
        let reader = SettingsReader(variables: ["NAME": ""])
        #expect(reader.string("NAME") == nil)
        #expect(reader.string("NAME", default: "x") == "x")
        #expect(reader.int("NAME", default: 7, in: 0...9) == 7)
        try reader.finish()
    }

    @Test("values are read by their type")
    func typed() throws {
        let reader = SettingsReader(variables: [
            "PORT": "8001", "FLAG": "Yes", "MODE": "CAREFUL", "LIST": " a, b ,,c",
            "URL": "HTTP://Portal.example:8080/base/",
        ])
        #expect(reader.int("PORT", default: 1, in: 1...65535) == 8001)
        #expect(reader.bool("FLAG", default: false))
        #expect(reader.choice("MODE", default: Mode.fast) == .careful)
        #expect(reader.list("LIST") == ["a", "b", "c"])
        #expect(reader.url("URL") == "http://portal.example:8080/base")
        try reader.finish()
    }

    @Test("every fault is told at once, each with its variable and how to mend it")
    func allFaultsAtOnce() {
        let reader = SettingsReader(variables: ["PORT": "80a", "FLAG": "maybe", "MODE": "slow", "URL": "portal:8080"])
        #expect(reader.int("PORT", default: 8000, in: 1...65535) == 8000)
        #expect(reader.bool("FLAG", default: true))
        #expect(reader.choice("MODE", default: Mode.fast) == .fast)
        #expect(reader.url("URL") == nil)
        #expect(reader.require("NEEDED", mend: "Set it.") == "")
        let error = #expect(throws: SettingsError.self) { try reader.finish() }
        #expect(error?.faults.map(\.variable) == ["PORT", "FLAG", "MODE", "URL", "NEEDED"])
        #expect(error?.faults.allSatisfy { !$0.problem.isEmpty && !$0.mend.isEmpty } == true)
    }

    @Test("a fault that two readers of one variable find is told once")
    func noDuplicates() {
        let reader = SettingsReader(variables: ["PORT": "x"])
        _ = reader.int("PORT", default: 1, in: 1...9)
        _ = reader.int("PORT", default: 1, in: 1...9)
        let error = #expect(throws: SettingsError.self) { try reader.finish() }
        #expect(error?.faults.count == 1)
    }

    @Test("numbers outside their range are faults", arguments: ["0", "65536", "-1", "1.5", "99999999999999999999"])
    func outOfRange(_ text: String) {
        let reader = SettingsReader(variables: ["PORT": text])
        #expect(reader.int("PORT", default: 8000, in: 1...65535) == 8000)
        #expect(throws: SettingsError.self) { try reader.finish() }
    }

    @Test(
        "addresses with anything that has no meaning there are refused",
        arguments: [
            "portal", "ftp://portal", "http://", "http://user:pass@portal", "http://portal?x=1", "http://portal#top",
            "http://portal:0", "http://portal:70000", "http://portal:", "http://por tal", "http://[::1", "//portal",
            "http://portal/\"", "http://[::1]x",
        ])
    func badURLs(_ text: String) {
        let reader = SettingsReader(variables: ["URL": text])
        #expect(reader.url("URL") == nil)
        #expect(throws: SettingsError.self) { try reader.finish() }
    }

    @Test("an address with an IPv6 host keeps its port")
    func ipv6URL() throws {
        let reader = SettingsReader(variables: ["URL": "https://[fd00::1]:8443//"])
        #expect(reader.url("URL") == "https://[fd00::1]:8443")
        try reader.finish()
    }

    @Test("a secret pasted into the wrong variable does not come back in its fault")
    func faultsRepeatNoSecret() throws {
        let secret = "correct-horse-battery-staple-0123456789"
        let reader = SettingsReader(variables: ["PORT": secret, "URL": "http://u:\(secret)@h", "MODE": secret])
        _ = reader.int("PORT", default: 1, in: 1...9)
        _ = reader.url("URL")
        _ = reader.choice("MODE", default: Mode.fast)
        let error = try #require(throws: SettingsError.self) { try reader.finish() }
        #expect(error.faults.count == 3)
        #expect(!"\(error)".contains(secret))
        #expect(!FailureReport(error, service: "plant").text.contains(secret))
    }

    @Test("what every service reads has safe defaults")
    func commonDefaults() throws {
        let reader = SettingsReader(variables: [:])
        let common = CommonSettings(reader: reader, defaultPort: 8001)
        #expect(common.host == "127.0.0.1")
        #expect(common.port == 8001)
        #expect(common.logLevel == .info)
        #expect(common.logFormat == .auto)
        #expect(common.drainSeconds == 10)
        #expect(!common.instance.isEmpty)
        try reader.finish()
    }

    @Test("what every service reads is checked")
    func commonFaults() {
        let reader = SettingsReader(variables: ["PORT": "x", "LOG_LEVEL": "loud", "DRAIN_SECONDS": "601"])
        _ = CommonSettings(reader: reader, defaultPort: 8001)
        let error = #expect(throws: SettingsError.self) { try reader.finish() }
        #expect(error?.faults.map(\.variable) == ["PORT", "LOG_LEVEL", "DRAIN_SECONDS"])
    }
}
