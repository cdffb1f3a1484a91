import Secrets
import TestSupport
import Testing

@Suite("Loading")
struct SecretManagerTests {
    @Test("a secret is loaded and the log says from where, for which environment, with kid and length")
    func loads() async throws {
        let log = CapturedLog()
        let manager = try await Samples.manager(["ENVIRONMENT": "prod", "JWT_SECRET": Samples.first], log: log)
        let key = try #require(manager.ring.current)
        #expect(key.id == Samples.kid(Samples.first))
        #expect(manager.ring.version == 1)
        #expect(manager.ring.source == "environment variable JWT_SECRET")
        let line = try #require(log.lines.first)
        #expect(log.lines.count == 1)
        #expect(
            line.message
                == "JWT secret successfully loaded from environment variable JWT_SECRET for production environment")
        #expect(line.metadata["kid"] == key.id.rawValue)
        #expect(line.metadata["length"] == "48")
        #expect(!log.text.contains(Samples.first))
    }

    @Test("without any secret production does not start, and the log says the line that operators know")
    func required() async {
        let log = CapturedLog()
        await #expect {
            _ = try await Samples.manager(["ENVIRONMENT": "production"], log: log)
        } throws: { error in
            guard let error = error as? SecretError else { return false }
            return error.code == "secret_required" && error.message.contains("lockstep secret generate")
        }
        #expect(log.messages == ["JWT secret is REQUIRED in production environment"])
    }
}
