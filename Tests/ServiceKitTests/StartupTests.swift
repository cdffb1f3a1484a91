import Glibc
import Logging
import Secrets
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing
import UnixSignals

@testable import ServiceKit

@Suite("Startup")
struct StartupTests {
    @Test(
        "the command line says what to do",
        arguments: [
            ([], ServiceCommand.serve), (["healthcheck"], .healthcheck(.alive)),
            (["healthcheck", "--ready"], .healthcheck(.ready)), (["healthcheck", "--ready", "x"], .unknown("--ready")),
            (["--version"], .version), (["--help"], .help),
            (["-h"], .help), (["--verison"], .unknown("--verison")), (["healthcheck", "x"], .unknown("x")),
            (["serve"], .unknown("serve")), (["migrate"], .migrate), (["migrations"], .migrations),
            (["migrate", "now"], .unknown("now")), (["seed"], .seed([])),
            (["seed", "farm", "--farms", "3"], .seed(["farm", "--farms", "3"])),
        ])
    func commandLine(_ arguments: [String], _ expected: ServiceCommand) {
        #expect(ServiceCommand(arguments: arguments) == expected)
    }

    @Test("wrong settings exit 78 with one line per fault")
    func settingsReport() {
        let error = SettingsError(faults: [
            SettingsFault(variable: "PORT", problem: "is \"80a\", not a whole number.", mend: "Set 8000."),
            SettingsFault(variable: "PORTAL_URLS", problem: "has no host.", mend: "Set one."),
        ])
        let report = FailureReport(error, service: "plant")
        #expect(report.exitCode == 78)
        #expect(
            report.text == """
                plant: does not start: 2 settings are wrong
                  PORT: is "80a", not a whole number. Set 8000.
                  PORTAL_URLS: has no host. Set one.
                """)
    }

    @Test("a secret that can't be used exits 78 in one line, with its code")
    func secretReport() {
        let report = FailureReport(
            SecretError(code: "secret_required", message: "JWT secret is REQUIRED in production environment"),
            service: "gateway")
        #expect(report.exitCode == 78)
        #expect(
            report.text
                == "gateway: does not start: JWT secret is REQUIRED in production environment [secret_required]")
    }

    @Test("a command that was not done says why in its own lines, with its own code")
    func commandReport() {
        let report = FailureReport(CommandFault(exitCode: 64, "no such day", "give\none"), service: "plant")
        #expect(report.exitCode == 64)
        #expect(report.text == "plant: no such day\nplant: give\\none")
    }

    @Test("any other error exits 1, and can't write a second line")
    func otherReport() {
        struct Odd: Error, CustomStringConvertible { let description = "bad\nplant: all is well\u{1B}[2J" }
        let report = FailureReport(Odd(), service: "plant")
        #expect(report.exitCode == 1)
        #expect(report.text == "plant: stopped: bad\\nplant: all is well\\u001b[2J")
    }

    @Test("help names the service, its commands and its variables")
    func help() {
        let text = Startup.helpText(service: "plant", help: "  PORT   8001")
        #expect(text.contains("plant healthcheck"))
        #expect(text.contains("  PORT   8001"))
    }
}

@Suite("Serving until a signal", .serialized)
struct ServingTests {
    /// Ends when it is told to drain, unless it is stubborn: then when it is cancelled.
    private struct Worker: Service {
        let started: @Sendable () -> Void
        var stubborn = false

        func run() async throws {
            started()
            if stubborn {
                try await Task.sleep(for: .seconds(3600))
            } else {
                try await gracefulShutdown()
            }
        }
    }

    @Test("a signal drains the services, marks the readiness, and is a success")
    func drains() async throws {
        let log = CapturedLog()
        let readiness = Readiness(checks: [])
        try await Startup.serve(
            [Worker(started: { kill(getpid(), SIGUSR1) })], drainSeconds: 5, readiness: readiness, logger: log.logger,
            until: [.sigusr1])
        #expect(!readiness.isReady)
        #expect(readiness.checks.map(\.name) == ["draining"])
        #expect(log.contains("Stopped"))
    }

    @Test("what does not drain in time is cut off, which is logged and still a success")
    func deadline() async throws {
        let log = CapturedLog()
        try await Startup.serve(
            [Worker(started: { kill(getpid(), SIGUSR1) }, stubborn: true)], drainSeconds: 0, readiness: nil,
            logger: log.logger, until: [.sigusr1])
        #expect(log.contains("Stopped before everything had drained"))
    }

    @Test("a service that fails by itself ends the process with its error")
    func failure() async throws {
        struct Broken: Service {
            struct Fault: Error {}
            func run() async throws { throw Fault() }
        }
        await #expect(throws: Broken.Fault.self) {
            try await Startup.serve(
                [Worker(started: {}), Broken()], drainSeconds: 1, readiness: nil, logger: CapturedLog().logger,
                until: [.sigusr1])
        }
    }
}
