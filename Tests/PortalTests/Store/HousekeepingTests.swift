import HTTPTypes
import HummingbirdTesting
import Storage
import TestSupport
import Testing

@testable import Portal

@Suite struct HousekeepingTests {
    private func count(_ table: String, _ portal: TestPortal) async throws -> Int64 {
        try await portal.database.read {
            try await $0.query("SELECT COUNT(*) AS n FROM \(table)", []).first?.integer("n") ?? -1
        }
    }

    @Test("what is over goes, with all that hangs on it; what lives stays")
    func sweeps() async throws {
        let portal = try await TestPortal(extra: ["REFRESH_TOKEN_EXPIRE_DAYS": "1", "SESSION_MAX_DAYS": "30"])
        let limits = HousekeepingStore.Limits(auditRetention: 20 * 86_400, auditMaximumEvents: 1000)
        try await portal.test { client in
            let tokens = try await client.tokens()
            _ = try await client.refresh(tokens.refreshToken)
            _ = try await client.login("nobody@example.com", "wrong")
            #expect(try await count("refresh_tokens", portal) == 2)
            try await portal.stores.housekeeping.sweep(limits, now: portal.clock.now)
            #expect(try await count("sessions", portal) == 1)
            #expect(try await count("login_failures", portal) == 1)

            // A replay is still recognised days after the session's end.
            portal.clock.advance(7 * 86_400)
            try await portal.stores.housekeeping.sweep(limits, now: portal.clock.now)
            #expect(try await count("sessions", portal) == 1)
            #expect(try await count("login_failures", portal) == 0)

            portal.clock.advance(2 * 86_400)
            let live = try await client.tokens()
            try await portal.stores.housekeeping.sweep(limits, now: portal.clock.now)
            #expect(try await count("sessions", portal) == 1)
            #expect(try await count("refresh_tokens", portal) == 1)
            #expect(try await client.refresh(live.refreshToken).status == .ok)

            portal.clock.advance(21 * 86_400)
            try await portal.stores.housekeeping.sweep(limits, now: portal.clock.now)
            #expect(try await count("audit_events", portal) == 0)
            #expect(try await count("users", portal) == 1)
        }
    }

    @Test("a sealed successor is kept no longer than it can be asked for")
    func sealed() async throws {
        let portal = try await TestPortal()
        let limits = HousekeepingStore.Limits(auditRetention: 86_400, auditMaximumEvents: 1000)
        let sealed = "refresh_tokens WHERE sealed_successor IS NOT NULL"
        try await portal.test { client in
            let tokens = try await client.tokens()
            _ = try await client.refresh(tokens.refreshToken)
            #expect(try await count(sealed, portal) == 1)
            portal.clock.advance(21)
            try await portal.stores.housekeeping.sweep(limits, now: portal.clock.now)
            #expect(try await count(sealed, portal) == 0)
        }
    }

    @Test("the audit trail and the failure counters are bounded; the oldest go first")
    func bounded() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            for number in 0..<6 {
                portal.clock.advance(1)
                _ = try await client.login("a\(number)@example.com", "wrong")
            }
        }
        var limits = HousekeepingStore.Limits(auditRetention: 86_400, auditMaximumEvents: 3)
        limits.maximumFailures = 2
        try await portal.stores.housekeeping.sweep(limits, now: portal.clock.now)
        #expect(try await count("login_failures", portal) == 2)
        #expect(try await portal.stores.audit.latest(100).map(\.subject) == [5, 4, 3].map { "a\($0)@example.com" })
    }
}
