import Secrets
import TestSupport
import Testing

@Suite("The development fallback")
struct DevelopmentFallbackTests {
    @Test(
        "development and test share one fallback, and say so", arguments: ["development", "test"],
        KeyAlgorithm.symmetric
    )
    func used(environment: String, algorithm: KeyAlgorithm) async throws {
        let log = CapturedLog()
        let manager = try await Samples.manager(["ENVIRONMENT": environment], algorithm: algorithm, log: log)
        #expect(manager.ring.current?.id == KeyID("dev-aZaTk6Gb83uIQYsN"))
        #expect(manager.ring.current?.algorithm == algorithm)
        #expect(manager.warnings.map(\.code) == ["development_fallback"])
        #expect(log.lines.last?.metadata["kid"] == "dev-aZaTk6Gb83uIQYsN")
        #expect(
            log.messages.last
                == "JWT secret successfully loaded from the development fallback for \(environment) environment")
        #expect(throws: Never.self) { try manager.validateSynchronization() }
    }

    @Test(
        "staging and production refuse it when somebody sets it on purpose",
        arguments: ["staging", "production"], ["", "\n"])
    func refused(environment: String, end: String) async throws {
        let log = CapturedLog()
        let text = DevelopmentFallback.secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        let error = await #expect(throws: SecretError.self) {
            _ = try await Samples.manager(["ENVIRONMENT": environment, "JWT_SECRET": text + end], log: log)
        }
        #expect(error?.code == "development_secret")
        #expect(
            log.messages.last == "JWT secret validation failed: Development secret used in \(environment)")
    }

    @Test("a ring's key whose kid begins with dev- is refused by its name alone", arguments: ["staging", "production"])
    func refusedByName(environment: String) async throws {
        let ring = RingText([.init(kid: "dev-mine", state: "current", secret: Samples.first)])
        let error = await #expect(throws: SecretError.self) {
            _ = try await Samples.manager(["ENVIRONMENT": environment, "JWT_SECRET": ring.text])
        }
        #expect(error?.code == "development_secret")
        #expect(try await Samples.manager(["ENVIRONMENT": "dev", "JWT_SECRET": ring.text]).ring.keys.count == 1)
    }

    @Test("the fallback's bytes under another kid are refused too")
    func refusedAsKey() async throws {
        let text = DevelopmentFallback.secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        let ring = RingText([
            .init(kid: "a", state: "current", secret: Samples.first), .init(kid: "b", state: "previous", secret: text),
        ])
        let error = await #expect(throws: SecretError.self) {
            _ = try await Samples.manager(["ENVIRONMENT": "production", "JWT_SECRET": ring.text])
        }
        #expect(error?.code == "development_secret")
    }
}
