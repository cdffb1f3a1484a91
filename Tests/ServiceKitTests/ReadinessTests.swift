import ServiceKit
import Testing

@Suite("Readiness")
struct ReadinessTests {
    @Test("a service is not ready until each named check is")
    func starting() {
        let readiness = Readiness(checks: ["keys", "database"])
        #expect(!readiness.isReady)
        readiness.set("keys", .ready)
        #expect(!readiness.isReady)
        readiness.set("database", .ready)
        #expect(readiness.isReady)
    }

    @Test("a warning is ready, with something to say")
    func warning() {
        let readiness = Readiness(checks: ["keys"])
        readiness.set("keys", .warning(code: "agreement_unconfirmed", detail: "x"))
        #expect(readiness.isReady)
    }

    @Test("a check that nobody named at first joins, and counts")
    func late() {
        let readiness = Readiness(checks: ["keys"])
        readiness.set("keys", .ready)
        readiness.set("draining", .notReady(code: "draining", detail: "x"))
        #expect(!readiness.isReady)
        #expect(readiness.checks.map(\.name) == ["keys", "draining"])
    }
}
