import Secrets
import TestSupport
import Testing

@Suite("Environment detection")
struct EnvironmentDetectionTests {
    @Test(
        "each name and alias means one environment, whatever its case and the space around it",
        arguments: [
            ("development", DeploymentEnvironment.development), ("dev", .development), ("local", .development),
            ("test", .test), ("testing", .test), ("ci", .test),
            ("staging", .staging), ("stage", .staging), ("demo", .staging), ("uat", .staging),
            ("production", .production), ("prod", .production), ("live", .production),
            ("Production", .production), ("DEV", .development), (" staging\n", .staging),
        ])
    func aliases(text: String, expected: DeploymentEnvironment) throws {
        let detection = try EnvironmentDetection.detect(["ENVIRONMENT": text])
        #expect(detection.environment == expected)
        #expect(detection.notice == nil)
    }

    @Test("unset, empty and unknown is production, and says so", arguments: [nil, "", "  ", "prodd", "qa"])
    func assumed(text: String?) throws {
        let detection = try EnvironmentDetection.detect(text.map { ["ENVIRONMENT": $0] } ?? [:])
        #expect(detection.environment == .production)
        #expect(detection.notice?.hasSuffix("assuming production") == true)
    }

    @Test("a value that is no environment's name at all is not repeated, it might be a secret")
    func notRepeated() throws {
        let detection = try EnvironmentDetection.detect(["ENVIRONMENT": Samples.first])
        #expect(detection.environment == .production)
        let said = "\(detection)".lowercased()
        #expect(!said.contains(Samples.first.lowercased().prefix(12)))
    }

    @Test(
        "development and test are refused on a platform",
        arguments: ["K_SERVICE", "KUBERNETES_SERVICE_HOST", "ECS_CONTAINER_METADATA_URI_V4"], ["dev", "test"])
    func refusedOnPlatform(variable: String, environment: String) throws {
        let variables = ["ENVIRONMENT": environment, variable: "x"]
        #expect {
            _ = try EnvironmentDetection.detect(variables)
        } throws: { error in
            guard let error = error as? SecretError else { return false }
            return error.code == "environment_refused" && error.message.contains(variable)
        }
        let allowed = variables.merging(["LOCKSTEP_ALLOW_DEVELOPMENT": "1"]) { $1 }
        #expect(try EnvironmentDetection.detect(allowed).environment.allowsDevelopmentFallback)
        let unclear = variables.merging(["LOCKSTEP_ALLOW_DEVELOPMENT": "true"]) { $1 }
        #expect(throws: SecretError.self) { try EnvironmentDetection.detect(unclear) }
    }

    @Test("staging and production run on a platform", arguments: ["staging", "production"])
    func allowedOnPlatform(environment: String) throws {
        let detection = try EnvironmentDetection.detect(["ENVIRONMENT": environment, "K_SERVICE": "gateway"])
        #expect(detection.environment.rawValue == environment)
    }

    @Test("an assumed environment is the first line of the log")
    func logged() async throws {
        let log = CapturedLog()
        let manager = try await Samples.manager(["JWT_SECRET": Samples.first], log: log)
        #expect(manager.environment == .production)
        #expect(log.messages.first == "ENVIRONMENT is not set: assuming production")
        #expect(manager.diagnostics().environmentDetectedFrom == "ENVIRONMENT is not set")
        #expect(manager.warnings.map(\.code) == ["environment_assumed"])
    }
}
