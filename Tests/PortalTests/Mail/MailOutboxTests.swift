import ServiceKit
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Portal

@Suite("The outbox of mails") struct MailOutboxTests {
    private func worker(
        _ portal: TestPortal, _ answer: OutboxPacing.Answer
    ) -> OutboxWorker {
        OutboxWorker(
            store: portal.stores.mails, voice: .mails, deliver: { _ in answer },
            recorded: { entry, _, outcome in
                AuditEvent(
                    id: entry.eventID, at: 0, kind: outcome == .success ? .mailSent : .mailGivenUp, outcome: outcome,
                    actor: nil, subject: "s", address: "", requestID: "", detail: "")
            },
            entropy: Entropy { [UInt8](repeating: 0, count: $0) }, clock: WallClock { portal.clock.now },
            logger: portal.log.logger)
    }

    private func asked() async throws -> TestPortal {
        let portal = try await TestPortal()
        try await portal.test { client in
            _ = try await client.post("password/forgot", #"{"email":"\#(TestPortal.adminEmail)"}"#)
        }
        return portal
    }

    @Test("a mail that nobody takes is tried for two days, ever more rarely, and then given up, audited")
    func givenUp() async throws {
        let portal = try await asked()
        let worker = worker(portal, .later("450"))
        var pacing = OutboxPacing(longest: OutboxTable.mails.longestDelay)
        let start = portal.clock.now
        var attempts = 0
        while try await portal.stores.mails.backlog().pending > 0 {
            _ = await worker.step(&pacing)
            attempts += 1
            guard let next = try await portal.stores.mails.nextAttempt() else { break }
            portal.clock.advance(max(1, next - portal.clock.now))
        }
        #expect(portal.clock.now - start >= 2 * 86_400)
        #expect((90...120).contains(attempts))
        #expect(try await portal.audited(.mailGivenUp) == 1)
        #expect(try await portal.stores.mails.backlog().rejected == 1)
    }

    @Test("a mail that is refused for good is given up at once; one server's outage stops all, and loses none")
    func refused() async throws {
        let portal = try await asked()
        var pacing = OutboxPacing(longest: OutboxTable.mails.longestDelay)
        #expect(await worker(portal, .down("no connection")).step(&pacing) == .pause(1))
        #expect(await worker(portal, .down("no connection")).step(&pacing) == .pause(2))
        #expect(try await portal.stores.mails.backlog().pending == 1)
        _ = await worker(portal, .refused("550")).step(&pacing)
        #expect(try await portal.stores.mails.backlog() == OutboxBacklog(pending: 0, rejected: 1))
        #expect(try await portal.audited(.mailGivenUp) == 1)
    }

    @Test("what was sealed with another key is not sent, and said so")
    func otherKey() async throws {
        let portal = try await asked()
        let again = try await TestPortal(
            extra: ["PORTAL_DATA_KEY": "another key another key another key"], database: portal.database,
            clock: portal.clock)
        #expect(try await again.delivered().isEmpty)
        #expect(try await again.audited(.mailGivenUp) == 1)
        #expect(again.log.text.contains("PORTAL_DATA_KEY"))
    }
}
