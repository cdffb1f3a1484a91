import HTTPTypes
import PlantTesting
import ServiceKit
import Storage
import TestSupport
import Testing

@testable import Plant

@Suite("The plant's readiness", .timeLimit(.minutes(10)))
struct ReadinessTests {
    @Test("a database that does not answer makes the plant not ready, by name, and it recovers")
    func database() async throws {
        let log = CapturedLog()
        let database = try Databases.open(url: "sqlite::memory:", logger: log.logger)
        let readiness = Readiness(checks: [DatabaseWatch.check])
        let watch = DatabaseWatch(database: database, readiness: readiness, interval: .seconds(1), logger: log.logger)
        await watch.look()
        #expect(readiness.isReady)
        try await database.close()
        await watch.look()
        #expect(!readiness.isReady)
        guard case .notReady(let code, _)? = readiness.checks.first?.status else {
            return #expect(Bool(false), "\(readiness.checks)")
        }
        #expect(code == "database_unreachable")
    }

    @Test("a request while the database is gone is 503 with Retry-After, and says nothing of tables")
    func unavailable() async throws {
        try await PlantFixture.use { plant in
            try await plant.plant.database.close()
            for path in ["/api/v1/customers", "/api/v1/auth/validate"] {
                let answer = try await plant.send(.get, path, token: plant.token("customer", customerID: "c-1"))
                #expect(answer.status == .serviceUnavailable, "\(path)")
                #expect(answer.code == "unavailable", "\(path)")
                #expect(answer.headers[.retryAfter] == "1", "\(path)")
            }
        }
    }

    @Test("the plant is alive before it is ready, and not ready before its checks have run")
    func starting() async throws {
        try await PlantFixture.use { plant in
            let (health, ready) = (try await plant.send(.get, "/health"), try await plant.send(.get, "/ready"))
            #expect(health.status == .ok)
            #expect(ready.status == .serviceUnavailable)
        }
    }
}
