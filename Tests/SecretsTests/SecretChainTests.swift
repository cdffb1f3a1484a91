import Secrets
import TestSupport
import Testing

@Suite("The chain")
struct SecretChainTests {
    private static let names = ["JWT_SECRET_PRODUCTION", "JWT_SECRET", "JWT_SECRET_KEY", "SECRET_KEY"]

    /// Each subset of the names and a store, as bits.
    @Test("whatever is set, the first of the chain wins", arguments: 1..<32)
    func precedence(subset: Int) async throws {
        let folder = try ScratchFolder()
        var variables = ["ENVIRONMENT": "production"]
        var expected: [String] = []
        for (index, name) in Self.names.enumerated() where subset & 1 << index != 0 {
            variables[name] = Samples.first
            expected.append("environment variable \(name)")
        }
        if subset & 16 != 0 {
            let path = try folder.write(Samples.first, to: "store")
            variables["JWT_SECRET_STORE"] = "file://\(path)"
            expected.append("file \(path) (JWT_SECRET_STORE)")
        }
        let manager = try await Samples.manager(variables)
        #expect(manager.ring.source == expected[0])
        #expect(manager.ring.current?.id == Samples.kid(Samples.first))
        #expect(manager.diagnostics().winner == expected[0])
    }

    @Test("each name may be a file", arguments: names)
    func files(name: String) async throws {
        let folder = try ScratchFolder()
        let path = try folder.write(Samples.first, to: "secret")
        let manager = try await Samples.manager(["ENVIRONMENT": "production", "\(name)_FILE": path])
        #expect(manager.ring.source == "file \(path) (\(name)_FILE)")
        #expect(manager.ring.current?.id == Samples.kid(Samples.first))
    }

    @Test("the environment's own name overrides the others without a conflict, and only in its environment")
    func scoped() async throws {
        var variables = ["ENVIRONMENT": "staging", "JWT_SECRET_STAGING": Samples.first, "JWT_SECRET": Samples.second]
        #expect(try await Samples.manager(variables).ring.current?.id == Samples.kid(Samples.first))
        variables["ENVIRONMENT"] = "production"
        #expect(try await Samples.manager(variables).ring.current?.id == Samples.kid(Samples.second))
    }

    @Test("an empty value is absent, with a warning", arguments: ["", "\n", "\r\n"])
    func empty(value: String) async throws {
        let manager = try await Samples.manager([
            "ENVIRONMENT": "production", "JWT_SECRET": value, "JWT_SECRET_KEY": Samples.first,
        ])
        #expect(manager.ring.source == "environment variable JWT_SECRET_KEY")
        #expect(
            manager.warnings == [
                SecretWarning(code: "empty_value", message: "JWT_SECRET is set and empty: taken as absent")
            ])
        let row = manager.diagnostics().sources.first { $0.name == "JWT_SECRET" }
        #expect(row?.status == "absent")
    }

    @Test("an empty file is absent, with a warning")
    func emptyFile() async throws {
        let folder = try ScratchFolder()
        let path = try folder.write("\n", to: "secret")
        let manager = try await Samples.manager([
            "ENVIRONMENT": "production", "JWT_SECRET_FILE": path, "JWT_SECRET_KEY": Samples.first,
        ])
        #expect(manager.ring.source == "environment variable JWT_SECRET_KEY")
        #expect(manager.warnings.map(\.code) == ["empty_value"])
    }

    @Test("a trailing newline is no part of the key, with a warning", arguments: ["\n", "\r\n", "\n\n"])
    func trailingNewline(end: String) async throws {
        let manager = try await Samples.manager(["ENVIRONMENT": "production", "JWT_SECRET": Samples.first + end])
        #expect(manager.ring.current?.id == Samples.kid(Samples.first))
        #expect(manager.warnings.map(\.code) == ["trailing_newline"])
    }

    @Test("a space around the value is part of the key, with a warning")
    func outerSpace() async throws {
        let manager = try await Samples.manager(["ENVIRONMENT": "production", "JWT_SECRET": Samples.first + " "])
        #expect(manager.ring.current?.id == Samples.kid(Samples.first + " "))
        #expect(manager.warnings.map(\.code) == ["outer_space"])
    }

    @Test("the legacy name is used with its known warning")
    func legacy() async throws {
        let log = CapturedLog()
        _ = try await Samples.manager(["ENVIRONMENT": "production", "SECRET_KEY": Samples.first], log: log)
        #expect(
            log.messages == [
                "Using legacy SECRET_KEY environment variable",
                "JWT secret successfully loaded from environment variable SECRET_KEY for production environment",
            ])
    }

    @Test("a file that is missing is never passed over for the next name", arguments: DeploymentEnvironment.allCases)
    func missingFile(environment: DeploymentEnvironment) async throws {
        let error = await #expect(throws: SecretError.self) {
            _ = try await Samples.manager([
                "ENVIRONMENT": environment.rawValue, "JWT_SECRET_FILE": "/nowhere/jwt", "SECRET_KEY": Samples.first,
            ])
        }
        #expect(error?.code == "file_unreadable")
        #expect(error?.message.contains("/nowhere/jwt") == true)
    }

    @Test("a secret pasted in place of a path is not repeated", arguments: [Samples.first, "/" + Samples.first])
    func secretAsPath(value: String) async throws {
        let log = CapturedLog()
        let error = await #expect(throws: SecretError.self) {
            _ = try await Samples.manager(["ENVIRONMENT": "production", "JWT_SECRET_FILE": value], log: log)
        }
        #expect(error?.code == "file_unreadable")
        #expect(error?.message.contains("JWT_SECRET_FILE") == true)
        let said = log.text + (error?.message ?? "")
        #expect(!said.contains(Samples.first))
    }

    @Test("JWT_SECRET_ALIASES says which names count")
    func countedNames() async throws {
        let manager = try await Samples.manager([
            "ENVIRONMENT": "production", "JWT_SECRET_KEY": Samples.first, "SECRET_KEY": "another program's",
            "JWT_SECRET_ALIASES": "JWT_SECRET, JWT_SECRET_KEY",
        ])
        #expect(manager.ring.source == "environment variable JWT_SECRET_KEY")
        #expect(manager.warnings.isEmpty)
        let row = manager.diagnostics().sources.first { $0.name == "SECRET_KEY" }
        #expect(row?.status == "rejected")
        #expect(row?.reason == "not among JWT_SECRET_ALIASES")
    }

    @Test(
        "JWT_SECRET_ALIASES with anything else is refused",
        arguments: ["JWT", "JWT_SECRET;SECRET_KEY", ",", "jwt_secret"])
    func malformedAliases(value: String) async {
        let error = await #expect(throws: SecretError.self) {
            _ = try await Samples.manager([
                "ENVIRONMENT": "production", "JWT_SECRET": Samples.first, "JWT_SECRET_ALIASES": value,
            ])
        }
        #expect(error?.code == "aliases_malformed")
    }

    @Test("without any secret, staging and production do not start", arguments: ["staging", "production"])
    func required(environment: String) async {
        let log = CapturedLog()
        let error = await #expect(throws: SecretError.self) {
            _ = try await Samples.manager(["ENVIRONMENT": environment], log: log)
        }
        #expect(error?.code == "secret_required")
        #expect(error?.message.contains("lockstep secret generate") == true)
        #expect(log.messages == ["JWT secret is REQUIRED in \(environment) environment"])
    }
}
