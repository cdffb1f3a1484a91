import Secrets
import TestSupport
import Testing

@Suite("Sources that differ")
struct ConflictTests {
    private static let pairs = [
        ("JWT_SECRET", "JWT_SECRET_KEY"), ("JWT_SECRET", "SECRET_KEY"), ("JWT_SECRET_KEY", "SECRET_KEY"),
    ]

    @Test(
        "they stop staging and production, and the message names both, both kids and how to mend it", arguments: pairs)
    func stops(one: String, other: String) async {
        for environment in ["staging", "production"] {
            let error = await #expect(throws: SecretError.self) {
                _ = try await Samples.manager(["ENVIRONMENT": environment, one: Samples.first, other: Samples.second])
            }
            let message = error?.message ?? ""
            #expect(error?.code == "secret_conflict")
            #expect(message.contains("environment variable \(one) (kid \(Samples.kid(Samples.first)))"))
            #expect(message.contains("environment variable \(other) (kid \(Samples.kid(Samples.second)))"))
            #expect(message.contains("Give both the same value"))
            #expect(message.contains("JWT_SECRET_ALIASES") == (other == "SECRET_KEY"))
            #expect(!message.contains(Samples.first) && !message.contains(Samples.second))
        }
    }

    @Test("they are a warning in development and test, the first of the chain serves", arguments: pairs)
    func warns(one: String, other: String) async throws {
        for environment in ["development", "test"] {
            let log = CapturedLog()
            let manager = try await Samples.manager(
                ["ENVIRONMENT": environment, one: Samples.first, other: Samples.second], log: log)
            #expect(manager.ring.source == "environment variable \(one)")
            #expect(manager.warnings.contains { $0.code == "sources_differ" })
            #expect(log.text.contains(Samples.kid(Samples.second).rawValue))
            let error = #expect(throws: SecretError.self) { try manager.validateSynchronization() }
            #expect(error?.code == "secret_conflict")
        }
    }

    @Test("two names that differ stop it also where the environment's own name wins over both")
    func belowTheWinner() async {
        let error = await #expect(throws: SecretError.self) {
            _ = try await Samples.manager([
                "ENVIRONMENT": "production", "JWT_SECRET_PRODUCTION": Samples.first, "JWT_SECRET": Samples.second,
                "SECRET_KEY": Samples.third,
            ])
        }
        #expect(error?.code == "secret_conflict")
    }

    @Test("a weak value's kid is not named")
    func weakLoser() async {
        let weak = String(repeating: "a", count: 40)
        let error = await #expect(throws: SecretError.self) {
            _ = try await Samples.manager([
                "ENVIRONMENT": "production", "JWT_SECRET": Samples.first, "SECRET_KEY": weak,
            ])
        }
        #expect(error?.code == "secret_conflict")
        #expect(error?.message.contains("no kid") == true)
        #expect(error?.message.contains(Samples.kid(weak).rawValue) == false)
    }

    @Test("a name and its file that differ are an error everywhere", arguments: DeploymentEnvironment.allCases)
    func nameAndFile(environment: DeploymentEnvironment) async throws {
        let folder = try ScratchFolder()
        let path = try folder.write(Samples.second, to: "secret")
        var variables = ["ENVIRONMENT": environment.rawValue, "JWT_SECRET": Samples.first, "JWT_SECRET_FILE": path]
        let error = await #expect(throws: SecretError.self) { _ = try await Samples.manager(variables) }
        #expect(error?.code == "secret_conflict")
        #expect(error?.message.contains(path) == true)
        variables["JWT_SECRET"] = Samples.second
        #expect(try await Samples.manager(variables).ring.source == "environment variable JWT_SECRET")
    }

    @Test("the same key raw and as a lone JWK is no conflict; with another key beside it, it is one")
    func rawAndRing() async throws {
        let lone = RingText([.init(kid: "mine", state: "current", secret: Samples.first)]).text
        let more = RingText([
            .init(kid: "mine", state: "current", secret: Samples.first),
            .init(kid: "old", state: "previous", secret: Samples.second),
        ]).text
        var variables = ["ENVIRONMENT": "production", "JWT_SECRET": Samples.first, "JWT_SECRET_KEY": lone]
        let manager = try await Samples.manager(variables)
        #expect(manager.ring.current?.id == Samples.kid(Samples.first))
        variables["JWT_SECRET_KEY"] = more
        let error = await #expect(throws: SecretError.self) { _ = try await Samples.manager(variables) }
        #expect(error?.code == "secret_conflict")
    }

    @Test("a named store and a variable that differ", arguments: ["JWT_SECRET", "JWT_SECRET_PRODUCTION", "SECRET_KEY"])
    func store(name: String) async throws {
        let folder = try ScratchFolder()
        let path = try folder.write(Samples.second, to: "store")
        let variables = ["ENVIRONMENT": "production", name: Samples.first, "JWT_SECRET_STORE": "file://\(path)"]
        let error = await #expect(throws: SecretError.self) { _ = try await Samples.manager(variables) }
        #expect(error?.code == "secret_conflict")
        try folder.write(Samples.first + "\n", to: "store")
        #expect(try await Samples.manager(variables).ring.source == "environment variable \(name)")
    }

    @Test("three names and a store that holds the same ring in one value are no conflict")
    func storeOfCompanions() async throws {
        let folder = try ScratchFolder()
        let path = try folder.write(
            RingText([
                .init(kid: "now", state: "current", secret: Samples.first),
                .init(kid: "old", state: "previous", secret: Samples.second),
            ]).text, to: "store")
        var variables = [
            "ENVIRONMENT": "production", "JWT_SECRET": Samples.first, "JWT_SECRET_PREVIOUS": Samples.second,
            "JWT_SECRET_STORE": "file://\(path)",
        ]
        #expect(try await Samples.manager(variables).ring.keys.map(\.state) == [.current, .previous])
        variables["JWT_SECRET_PREVIOUS"] = Samples.third
        let error = await #expect(throws: SecretError.self) { _ = try await Samples.manager(variables) }
        #expect(error?.code == "secret_conflict")
    }

    @Test("a named store that can't be asked leaves a variable in charge, unconfirmed")
    func unconfirmed() async throws {
        let manager = try await Samples.manager([
            "ENVIRONMENT": "production", "JWT_SECRET": Samples.first, "JWT_SECRET_STORE": "file:///nowhere/jwt",
        ])
        #expect(manager.ring.source == "environment variable JWT_SECRET")
        #expect(manager.warnings.map(\.code) == ["store_unconfirmed"])
        let error = #expect(throws: SecretError.self) { try manager.validateSynchronization() }
        #expect(error?.code == "store_unreachable")
    }

    @Test(
        "a named store that can't be asked, alone, is an error also in development", arguments: ["dev", "production"])
    func unreachable(environment: String) async {
        let error = await #expect(throws: SecretError.self) {
            _ = try await Samples.manager(["ENVIRONMENT": environment, "JWT_SECRET_STORE": "file:///nowhere/jwt"])
        }
        #expect(error?.code == "store_unreachable")
    }
}
