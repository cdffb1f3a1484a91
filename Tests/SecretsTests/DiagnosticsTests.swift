import FoundationEssentials
import Secrets
import TestSupport
import Testing

@Suite("Diagnostics")
struct DiagnosticsTests {
    @Test("every place of the chain is told, with what serves and why the others do not")
    func sources() async throws {
        let manager = try await Samples.manager([
            "ENVIRONMENT": "stage", "JWT_SECRET": Samples.first, "JWT_SECRET_KEY": Samples.first,
            "JWT_SECRET_PREVIOUS": Samples.second,
        ])
        let told = manager.diagnostics()
        #expect(told.environment == "staging")
        #expect(told.environmentDetectedFrom == "ENVIRONMENT=stage")
        #expect(
            told.sources.map { "\($0.name) \($0.status)" } == [
                "JWT_SECRET_STAGING absent", "JWT_SECRET_STAGING_FILE absent", "JWT_SECRET present",
                "JWT_SECRET_FILE absent", "JWT_SECRET_KEY present", "JWT_SECRET_KEY_FILE absent", "SECRET_KEY absent",
                "SECRET_KEY_FILE absent", "JWT_SECRET_STORE absent", "JWT_SECRET_PREVIOUS present",
            ])
        #expect(told.winner == "environment variable JWT_SECRET")
        #expect(told.sources[2].kid == Samples.kid(Samples.first).rawValue)
        #expect(told.sources[2].bytes == 48)
        #expect(told.sources[4].reason == "JWT_SECRET comes before it")
        #expect(told.keys.map(\.state) == ["current", "previous"])
        #expect(told.keys.map(\.kid) == [Samples.first, Samples.second].map { Samples.kid($0).rawValue })
        #expect(told.ringVersion == 1)
        #expect(told.warnings.isEmpty)
        let data = try JSONEncoder().encode(told)
        #expect(try JSONDecoder().decode(SecretDiagnostics.self, from: data) == told)
    }

    @Test("a load that fails is diagnosed all the same")
    func failed() async {
        let (told, error) = await SecretManager.diagnose(variables: [
            "ENVIRONMENT": "production", "JWT_SECRET": "short", "JWT_SECRET_STORE": "file:///nowhere/jwt",
        ])
        #expect(error?.code == "secret_too_short")
        #expect(told.winner == nil)
        #expect(told.ringVersion == 0)
        let rows = told.sources.filter { $0.status == "rejected" }
        #expect(rows.map(\.name) == ["JWT_SECRET", "JWT_SECRET_STORE"])
        #expect(rows[0].reason?.hasPrefix("secret_too_short: ") == true)
        #expect(rows[1].reason == "there is no such file")
    }

    @Test("a refused environment and a missing secret are diagnosed too")
    func nothing() async {
        let refused = await SecretManager.diagnose(variables: ["ENVIRONMENT": "dev", "K_SERVICE": "x"])
        #expect(refused.error?.code == "environment_refused")
        #expect(refused.diagnostics.environment == "refused")
        let missing = await SecretManager.diagnose(variables: [:])
        #expect(missing.error?.code == "secret_required")
        #expect(missing.diagnostics.sources.last?.name == "the development fallback")
        #expect(missing.diagnostics.warnings == ["ENVIRONMENT is not set: assuming production"])
    }

    @Test("a synchronised service says so", arguments: ["staging", "production"])
    func validated(environment: String) async throws {
        let log = CapturedLog()
        let manager = try await Samples.manager(["ENVIRONMENT": environment, "JWT_SECRET": Samples.first], log: log)
        try manager.validateSynchronization()
        #expect(log.messages.last == "JWT secret synchronization validated for \(environment)")
    }

    @Test("a failed validation is logged with its reason")
    func notValidated() async throws {
        let log = CapturedLog()
        let manager = try await Samples.manager(
            ["ENVIRONMENT": "dev", "JWT_SECRET": Samples.first, "SECRET_KEY": Samples.second], log: log)
        #expect(throws: SecretError.self) { try manager.validateSynchronization() }
        #expect(log.messages.last?.hasPrefix("JWT secret validation failed: ") == true)
        #expect(log.lines.last?.metadata["code"] == "secret_conflict")
    }
}

@Suite("The chain over a manifest")
struct ManifestResolutionTests {
    private func resolve(_ variables: [String: SecretBinding], readings: [String: SourceReading] = [:]) throws
        -> SecretResolution
    {
        let plan = try SecretPlan(variables: variables, environment: .production)
        return try SecretResolution.resolve(plan, readings: readings, algorithm: .hs256)
    }

    @Test("a reference wins as a value would, and says which it is")
    func reference() throws {
        let found = try resolve([
            "JWT_SECRET": .reference("gcp:acme/jwt@3"), "SECRET_KEY": .reference("gcp:acme/jwt@3"),
        ])
        #expect(found.name == "JWT_SECRET")
        #expect(found.reference == "gcp:acme/jwt@3")
        #expect(found.keys.isEmpty)
        #expect(found.warnings.isEmpty)
    }

    @Test("two references under names that may not differ can't be proven equal")
    func references() throws {
        let found = try resolve(["JWT_SECRET": .reference("one"), "JWT_SECRET_KEY": .reference("two")])
        #expect(found.warnings.map(\.code) == ["not_comparable"])
    }

    @Test("a file is what the manifest mounts there")
    func mounted() throws {
        let found = try resolve(
            ["JWT_SECRET_FILE": .literal(SecretBytes(utf8: "/run/secrets/jwt"))],
            readings: ["JWT_SECRET_FILE": .reference("secret jwt")])
        #expect(found.reference == "secret jwt")
        #expect(found.source == "file /run/secrets/jwt (JWT_SECRET_FILE)")
    }

    @Test("a literal in a manifest keeps the rules that the service will keep")
    func literal() {
        let error = #expect(throws: SecretError.self) {
            try resolve(["JWT_SECRET": .literal(SecretBytes(utf8: "your-secret-key-here-your-secret-key"))])
        }
        #expect(error?.code == "secret_placeholder")
        let none = #expect(throws: SecretError.self) { try resolve([:]) }
        #expect(none?.code == "secret_required")
    }
}
