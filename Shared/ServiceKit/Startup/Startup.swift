import Glibc
package import Logging

/// The one way a service's `main` runs and fails: handles `healthcheck`, `--version` and `--help`, reads live settings,
/// bootstraps logging and metrics, calls `body`, and turns an error into one block on fd 2: exit 78 for settings and
/// secrets, 1 else. (An error that leaves an async `main` would print a backtrace and die by a signal.)
package enum Startup {
    /// Does not return: the process exits when `body` has ended.
    /// - Parameters:
    ///   - service: its name in logs, e.g. `gateway`.
    ///   - help: the variables that the service reads, one per line.
    ///   - usage: lines of the service's own for `--help`, without its name.
    ///   - arguments: without the executable's name, and without those that the service took for itself.
    ///   - variables: what those stand for; they count in place of the environment's.
    ///   - database: of a service that owns one.
    ///   - probe: asks for this service's health, or readiness, where it can't be asked in clear HTTP; nil where it can.
    ///   - ending: what is to be done when `body` has ended, in whatever way.
    package static func run(
        service: String, defaultPort: Int, help: String, usage: [String] = [],
        arguments: [String] = Array(CommandLine.arguments.dropFirst()), variables: [String: String] = [:],
        database: DatabaseCommands? = nil,
        probe: (SettingsReader, CommonSettings, HealthQuestion) async -> Bool? = { _, _, _ in nil },
        ending: () async -> Void = {},
        _ body: (SettingsReader, CommonSettings, Logger) async throws -> Void
    ) async {
        // A peer that goes away is an error on that connection, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        // Asks for another look at the secret's sources (`SecretWatch`), and must not end a process that starts still.
        signal(SIGHUP, SIG_IGN)
        switch ServiceCommand(arguments: arguments) {
        case .serve: break
        case .healthcheck(let question):
            let reader = SettingsReader.live
            let common = CommonSettings(reader: reader, defaultPort: defaultPort)
            do {
                // Of a PORT that is none, the default would be asked: another service's health, maybe.
                try reader.finish()
            } catch {
                say(FailureReport(error, service: service).text, to: STDERR_FILENO)
                exit(ExitCode.failure)
            }
            let answer = await probe(reader, common, question)
            let isHealthy =
                answer ?? HealthProbe.isHealthy(host: common.host, port: common.port, question: question)
            exit(isHealthy ? ExitCode.success : ExitCode.failure)
        case .migrate:
            guard let database else { refuse(arguments[0], service) }
            await answer(service) { try await database.migrate(.live, $0) }
        case .migrations:
            guard let database else { refuse(arguments[0], service) }
            await answer(service) { _ in [try database.migrations()] }
        case .seed(let words):
            guard let seed = database?.seed else { refuse(arguments[0], service) }
            await answer(service) { try await seed(words, .live, $0, progress) }
        case .version:
            say("\(service) \(BuildInfo.version)", to: STDOUT_FILENO)
            exit(ExitCode.success)
        case .help:
            let more = database.map { Self.databaseUsage + ($0.seed == nil ? [] : Self.seedUsage) } ?? []
            say(helpText(service: service, help: help, usage: more + usage), to: STDOUT_FILENO)
            exit(ExitCode.success)
        case .unknown(let argument): refuse(argument, service)
        }

        let reader = SettingsReader.live(with: variables)
        let common = CommonSettings(reader: reader, defaultPort: defaultPort)
        LogBootstrap.install(service: service, settings: common)
        MetricsBootstrap.install(service: service)
        do {
            try await body(reader, common, Logger(label: "lockstep.\(service)"))
            await ending()
            exit(ExitCode.success)
        } catch {
            let report = FailureReport(error, service: service)
            await ending()
            say(report.text, to: STDERR_FILENO)
            exit(report.exitCode)
        }
    }

    /// Logs and metrics as services have them, for a program that starts in another way than `run`.
    package static func bootstrap(service: String, settings: CommonSettings) {
        signal(SIGPIPE, SIG_IGN)
        LogBootstrap.install(service: service, settings: settings)
        MetricsBootstrap.install(service: service)
    }

    static func helpText(service: String, help: String, usage: [String] = []) -> String {
        """
        \(service) \(BuildInfo.version)

        usage: \(service)               serve until SIGTERM; SIGHUP looks at the secret's sources at once
               \(service) healthcheck   exit 0 if the service on HOST:PORT answers /health, else 1;
                                 --ready: /ready
               \(service) --version
               \(service) --help
        \(usage.map { "       \(service) \($0)\n" }.joined())
        Settings are environment variables:
        \(help)

        In every service:
          ENVIRONMENT                          development, test, staging or production (production)
          JWT_SECRET[_FILE]                    the one signing secret; JWT_SECRET_NEXT, JWT_SECRET_PREVIOUS for rotation
          JWT_SECRET_STORE                     gcp://, aws://, azure://, vault:// or file:// where it lies in a store
          JWT_SECRET_REFRESH_SECONDS (30), JWT_SECRET_STORE_WAIT_SECONDS (30)
          JWT_ALGORITHM, JWT_AUDIENCE, JWT_TRUSTED_ISSUERS, JWT_LEEWAY_SECONDS, JWT_MAX_LIFETIME_HOURS
          LOCKSTEP_INTERNAL_TOKEN[_FILE]       what services show each other
          KEY_AGREEMENT_INTERVAL_SECONDS (15), KEY_AGREEMENT_GRACE_SECONDS (30)
          TRUSTED_PROXIES                      addresses and networks whose X-Forwarded-For is believed (none)
          HOST (127.0.0.1), PORT, LOG_LEVEL (info), LOG_FORMAT (auto), DRAIN_SECONDS (10), LOCKSTEP_INSTANCE
        .env.example explains each of them.
        """
    }

    private static let databaseUsage = [
        "migrate       bring the database that DATABASE_URL names up to date, and end",
        "migrations    the migrations that this build knows, as JSON",
    ]

    private static let seedUsage = [
        "seed NAME     invent data, so that there is something to look at; without NAME: what there is"
    ]

    /// Does not return. Answers are on stdout, and nothing else is.
    private static func answer(_ service: String, _ lines: (Logger) async throws -> [String]) async -> Never {
        let silent = Logger(label: "lockstep.\(service)") { _ in SwiftLogNoOpLogHandler() }
        do {
            for line in try await lines(silent) { say(line, to: STDOUT_FILENO) }
            exit(ExitCode.success)
        } catch {
            let report = FailureReport(error, service: service)
            say(report.text, to: STDERR_FILENO)
            exit(report.exitCode)
        }
    }

    private static func refuse(_ argument: String, _ service: String) -> Never {
        say("\(service): unknown argument \(argument); try --help", to: STDERR_FILENO)
        exit(ExitCode.usage)
    }

    /// Over itself on a terminal; elsewhere nobody waits for it.
    @Sendable private static func progress(_ done: Int, _ all: Int) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        LogOutput.writeWhole(
            Array("\r\u{1B}[K\(done < all ? "\(done) of \(all)" : "")".utf8), to: STDERR_FILENO)
    }

    private static func say(_ text: String, to descriptor: CInt) {
        LogOutput.writeWhole(Array("\(text)\n".utf8), to: descriptor)
    }
}
