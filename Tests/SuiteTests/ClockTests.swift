import Foundation
import TestSupport
import Testing

/// Machines whose clocks are wrong, by libfaketime: what docs/OPERATIONS.md says of them ("Clocks") is so.
extension SuiteTests {
    @Suite("Clocks that differ", .serialized, .enabled(if: FakeTime.libraries != nil, "needs libfaketime and cc"))
    struct Clocks {
        private static let services: [RunningSuite.Service] = [.gateway, .plant]

        @Test(
            "30 seconds ahead or behind, within the leeway: everything works, and doctor names the skew",
            arguments: services, [30, -30])
        func withinTheLeeway(service: RunningSuite.Service, offset: Int) async throws {
            // 30 seconds are more than half of it, which is where warnings begin.
            let leeway: [String: String?] = ["JWT_LEEWAY_SECONDS": "50"]
            var changes = Dictionary(uniqueKeysWithValues: RunningSuite.Service.allCases.map { ($0, leeway) })
            changes[service]?.merge(FakeTime.variables(offset)) { $1 }
            try await RunningSuite.run(changes: changes) { suite in
                let session = try await suite.login()
                for _ in 0..<3 {
                    let reply = try await HTTP.get(
                        suite.url(.gateway) + "/api/v1/customers", token: session.accessToken)
                    #expect(reply.status == 200, "\(reply.text)")
                }
                _ = try await suite.waitForRow(service.executable) {
                    FakeTime.isNear($0["clock_offset_ms"] as? Int, -offset * 1000)
                }
                let warned = await poll(seconds: 60) {
                    suite.process(service).log.contains("over half the leeway")
                }
                #expect(warned, "\(suite.process(service).log.suffix(2_000))")
                try Self.expectSkewNamed(suite, service: service, offset: offset, severity: "warning")
            }
        }

        @Test(
            "five minutes ahead or behind: never ready, for a reason that speaks of clocks, and doctor names the machine",
            arguments: services, [300, -300])
        func beyondTheLeeway(service: RunningSuite.Service, offset: Int) async throws {
            try await RunningSuite.run(
                changes: [service: FakeTime.variables(offset)], awaitReadiness: false
            ) { suite in
                let others = RunningSuite.Service.allCases.filter { $0 != service }
                for other in others { try await suite.process(other).waitUntilReady() }
                let held = await poll(seconds: 60) {
                    (try? await HTTP.get(suite.url(service) + "/ready"))?.text.contains("clocks") == true
                }
                let ready = try await HTTP.get(suite.url(service) + "/ready")
                #expect(held && ready.status == 503, "\(ready.text)")

                let session = try await suite.login()
                let reply = try await HTTP.get(suite.url(.gateway) + "/api/v1/customers", token: session.accessToken)
                if offset < 0 {
                    #expect(reply.status == 401 && reply.code == "not_yet_valid", "\(reply.status) \(reply.text)")
                } else {
                    // A token of 15 minutes has 10 left there.
                    #expect(reply.status == 200, "\(reply.status) \(reply.text)")
                }
                _ = try await suite.waitForRow(service.executable) {
                    FakeTime.isNear($0["clock_offset_ms"] as? Int, -offset * 1000)
                }
                try Self.expectSkewNamed(suite, service: service, offset: offset, severity: "problem")
            }
        }

        private static func expectSkewNamed(
            _ suite: RunningSuite, service: RunningSuite.Service, offset: Int, severity: String
        ) throws {
            let doctor = try suite.doctor()
            let findings = doctor.findings.filter { $0.code == "clock" }
            #expect(!findings.isEmpty, "\(doctor.output)")
            for finding in findings {
                #expect(finding.severity == severity)
                #expect(finding.subject.hasPrefix(service.executable), "\(finding)")
                #expect(finding.cause.contains(offset > 0 ? "ahead of ours" : "behind ours"), "\(finding)")
            }
            #expect(doctor.exitCode == (severity == "problem" ? 1 : 0), "\(doctor.output)")
        }
    }
}

private enum FakeTime {
    /// What is loaded before glibc, to which the executables are linked dynamically; nil: not to be had here.
    static let libraries: String? = {
        let installed = ["x86_64", "aarch64"].map { "/usr/lib/\($0)-linux-gnu/faketime/libfaketimeMT.so.1" }
        guard let library = installed.first(where: FileManager.default.fileExists), let timers = try? realTimers()
        else { return nil }
        return "\(timers):\(library)"
    }()

    private static func realTimers() throws -> String {
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fakes/real_timers.c")
        let library = FileManager.default.temporaryDirectory.appendingPathComponent("real-timers-\(UUID()).so").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["cc", "-shared", "-fPIC", "-O", "-o", library, source.path]
        try process.start()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        return library
    }

    /// - Parameter offset: seconds that the process's wall clock is ahead; its monotonic clock is left alone.
    static func variables(_ offset: Int) -> [String: String?] {
        [
            "LD_PRELOAD": libraries, "FAKETIME": "\(offset >= 0 ? "+" : "")\(offset)s",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        ]
    }

    /// Both in milliseconds; a busy machine answers late.
    static func isNear(_ measured: Int?, _ expected: Int) -> Bool {
        measured.map { abs($0 - expected) < 5_000 } ?? false
    }
}
