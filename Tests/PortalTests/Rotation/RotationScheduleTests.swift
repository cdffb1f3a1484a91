import Foundation
import Logging
import Secrets
import ServiceKit
import TestSupport
import Testing

@testable import Portal

@Suite("JWT_ROTATE_EVERY")
struct RotationScheduleTests {
    private static func read(
        _ text: String?, _ environment: DeploymentEnvironment = .production
    ) throws -> RotationSchedule? {
        let reader = SettingsReader(variables: text.map { ["JWT_ROTATE_EVERY": $0] } ?? [:])
        let schedule = RotationSchedule(reader: reader, environment: environment)
        try reader.finish()
        return schedule
    }

    @Test(
        "a whole number and a unit",
        arguments: [("90d", 7_776_000), ("12h", 43_200), ("60m", 3600), ("100000d", 8_640_000_000)] as [(String, Int64)]
    )
    func reads(_ text: String, _ seconds: Int64) throws {
        #expect(try Self.read(text) == RotationSchedule(every: seconds))
    }

    @Test("nothing is scheduled where nothing is set")
    func none() throws {
        #expect(try Self.read(nil) == nil)
        #expect(try Self.read("") == nil)
    }

    @Test(
        "anything else stops the start",
        arguments: [
            "90", "d", "0d", "-1d", "1.5h", "90 d", "90D", "90s", "1d12h", "100001d", "99999999999999999999d", "٣d",
            "90dd", "never",
        ])
    func faults(_ text: String) {
        #expect(throws: SettingsError.self) { try Self.read(text) }
    }

    @Test("less than an hour is for development and test")
    func short() throws {
        #expect(throws: SettingsError.self) { try Self.read("59m") }
        #expect(throws: SettingsError.self) { try Self.read("59m", .staging) }
        #expect(try Self.read("1m", .development)?.every == 60)
        #expect(try Self.read("1m", .test)?.every == 60)
    }

    private static let every = ["JWT_ROTATE_EVERY": "90d"]

    @Test("a secret that is a variable's value can't be rotated from here: a warning says so, and what to do")
    func variable() async throws {
        let portal = try await TestPortal(extra: Self.every)
        #expect(portal.scheduled == nil)
        let line = try #require(portal.log.lines.last { $0.level == .warning })
        #expect(line.message.contains("JWT_ROTATE_EVERY does nothing"))
        #expect(line.message.contains("JWT_SECRET"))
        #expect(line.metadata["mend"]?.contains("JWT_SECRET_STORE") == true)
    }

    @Test("a customer portal rotates nothing, and says that it is a platform portal's")
    func customer() async throws {
        let portal = try await TestPortal(.customer, extra: Self.every)
        #expect(portal.scheduled == nil)
        #expect(portal.log.lines.contains { $0.level == .warning && $0.message.contains("platform portals") })
    }

    @Test("a store that can be written to is rotated from here")
    func file() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "lockstep-schedule-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "jwt").path
        try Data(ScheduleWorld.raw.utf8).write(to: URL(fileURLWithPath: path))
        let portal = try await TestPortal(
            extra: Self.every.merging(["JWT_SECRET": "", "JWT_SECRET_STORE": "file://" + path]) { $1 })
        #expect(portal.scheduled != nil)
        #expect(!portal.log.lines.contains { $0.message.contains("JWT_ROTATE_EVERY") })
    }
}
