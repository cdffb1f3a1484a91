import Testing

@testable import SourceCode

@Suite("Swift: where secrets are read")
struct SwiftReadsTests {
    @Test("the process's environment with a default")
    func theProcessSEnvironmentWith() {
        let text = """
            let secret = ProcessInfo.processInfo.environment["JWT_SECRET"] ?? "dev-secret"
            let other = ProcessInfo.processInfo.environment["SECRET_KEY", default: "x"]

            """
        #expect(
            FactLines.of(text, file: "main.swift") == [
                "read 1:50 JWT_SECRET | 'dev-secret' as secret by ProcessInfo.environment",
                "read 2:49 SECRET_KEY | 'x' as other by ProcessInfo.environment",
            ])
    }

    @Test("a guard makes it required")
    func aGuardMakesItRequired() {
        let text = """
            func key() throws -> SymmetricKey {
                guard let secret = ProcessInfo.processInfo.environment["JWT_SECRET"], !secret.isEmpty else {
                    throw ConfigurationError.missing("JWT_SECRET")
                }
                return SymmetricKey(data: Data(secret.utf8))
            }

            """
        #expect(
            FactLines.of(text, file: "main.swift") == [
                "read 2:60 JWT_SECRET? ! as secret by ProcessInfo.environment"
            ])
    }

    @Test("the environment under a name of its own")
    func theEnvironmentUnderAName() {
        let text = """
            struct Settings {
                let jwtSecret: String

                init() {
                    let env = ProcessInfo.processInfo.environment
                    jwtSecret = env["JWT_SECRET"] ?? env["SECRET_KEY"] ?? "fallback"
                }
            }

            """
        #expect(
            FactLines.of(text, file: "main.swift") == [
                "read 6:25 JWT_SECRET | SECRET_KEY | 'fallback' as jwtSecret by ProcessInfo.environment"
            ])
    }

    @Test("fatalError behind ??")
    func fatalerrorBehind() {
        let text = """
            let secret = ProcessInfo.processInfo.environment["JWT_SECRET"] ?? { fatalError("JWT_SECRET") }()
            let second = Environment.get("AUTH_SECRET") ?? fatalError("AUTH_SECRET")

            """
        #expect(
            FactLines.of(text, file: "main.swift") == [
                "read 1:50 JWT_SECRET ! as secret by ProcessInfo.environment",
                "read 2:30 AUTH_SECRET ! as second by Environment.get",
            ])
    }

    @Test("getenv of C")
    func getenvOfC() {
        let text = """
            let secret = getenv("JWT_SECRET").map { String(cString: $0) } ?? "c-default"

            """
        #expect(
            FactLines.of(text, file: "main.swift") == [
                "read 1:21 JWT_SECRET | 'c-default' as secret by getenv"
            ])
    }

    @Test("swift-configuration")
    func swiftConfiguration() {
        let text = """
            func load(config: ConfigReader) throws -> String {
                let first = config.string(forKey: "jwt.secret", isSecret: true, default: "config-default")
                let second = try config.requiredString(forKey: "auth.signingKey", isSecret: true)
                return join(first, second)
            }

            """
        #expect(
            FactLines.of(text, file: "main.swift") == [
                "read 2:39 JWT_SECRET | 'config-default' as first by swift-configuration",
                "read 3:52 AUTH_SIGNING_KEY ! as second by swift-configuration",
            ])
    }

    @Test("ArgumentParser")
    func argumentparser() {
        let text = """
            @main struct Serve: AsyncParsableCommand {
                @Option(name: .long, help: "Signs tokens.")
                var jwtSecret: String = "insecure-default"

                @Option var port: Int = 8080
            }

            """
        #expect(
            FactLines.of(text, file: "main.swift") == [
                "read 3:9 <--jwt-secret> | 'insecure-default' as Serve.jwtSecret by ArgumentParser"
            ])
    }

    @Test("Hummingbird's environment")
    func hummingbirdSEnvironment() {
        let text = """
            func build(environment: Environment) -> Application {
                let env = Environment()
                let secret = env.get("JWT_SECRET") ?? "hummingbird"
                return Application(secret: secret)
            }

            """
        #expect(
            FactLines.of(text, file: "main.swift") == [
                "read 3:26 JWT_SECRET | 'hummingbird' as secret by env.get"
            ])
    }

    @Test("an HMAC over something else")
    func anHMACOverSomethingElse() {
        let text = """
            func webhook(body: Data, secret: String) -> Bool {
                HMAC<SHA256>.isValidAuthenticationCode(signature, authenticating: body, using: SymmetricKey(data: Data(secret.utf8)))
            }

            """
        #expect(
            FactLines.of(text, file: "main.swift") == [])
    }

    @Test("a key that is hashed")
    func aKeyThatIsHashed() {
        let text = """
            let raw = ProcessInfo.processInfo.environment["JWT_SECRET"] ?? ""
            let key = SymmetricKey(data: SHA256.hash(data: Data(raw.utf8)))
            let random = SymmetricKey(size: .bits256)

            """
        #expect(
            FactLines.of(text, file: "main.swift") == [
                "read 1:47 JWT_SECRET as raw by ProcessInfo.environment",
                "read 2:30 computed(JWT_SECRET) as key by ProcessInfo.environment",
            ])
    }

    @Test("our own loader")
    func ourOwnLoader() {
        let text = """
            func run(settings: PlantSettings) async throws {
                let manager = try await SecretManager.load(
                    environment: settings.environment, variables: settings.variables, stores: stores)
                let ring = manager.ring
            }

            """
        #expect(
            FactLines.of(text, file: "main.swift") == [
                "read 2:29 <SecretManager.load()> as SecretManager by SecretManager.load"
            ])
    }

    @Test("a helper of another file, a computed property, a constant")
    func aHelperOfAnotherFile() {
        let text = """
            enum Names {
                static let secret = "JWT_SECRET"
            }

            var jwtSecret: String { requiredEnv(Names.secret) }

            struct Config {
                var secret: String {
                    Env.string("AUTH_SECRET", default: "computed-default")
                }
            }

            """
        #expect(
            FactLines.of(text, file: "main.swift") == [
                "read 5:37 JWT_SECRET? ! as jwtSecret() by requiredEnv"
            ])
    }

    @Test("where it runs")
    func whereItRuns() {
        let text = """
            let environment = ProcessInfo.processInfo.environment["ENVIRONMENT"] ?? "production"
            let detected = try Environment.detect()
            let accessTokenLifetimeSeconds = 900

            """
        #expect(
            FactLines.of(text, file: "main.swift") == [
                "environment 1:55 ENVIRONMENT 'production'",
                "environment 2:20 VAPOR_ENV 'development'",
                "lifetime 3:5 accessTokenLifetimeSeconds 900",
            ])
    }

    @Test("other secrets are none of it")
    func otherSecretsAreNoneOf() {
        let text = #"""
            let stripe = Environment.get("STRIPE_SECRET_KEY")
            let name = ProcessInfo.processInfo.environment["JWT_SECRET_NAME"]
            let text = "read \(secret) of JWT_SECRET"

            """#
        #expect(
            FactLines.of(text, file: "main.swift") == [])
    }
}
