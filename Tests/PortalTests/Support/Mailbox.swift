import Synchronization
import Testing

@testable import Portal

/// What a portal mailed.
final class Mailbox: Sendable {
    private let mails = Mutex<[MailMessage]>([])

    @Sendable func receive(_ message: MailMessage) -> OutboxPacing.Answer {
        mails.withLock { $0.append(message) }
        return .delivered
    }

    var all: [MailMessage] { mails.withLock { $0 } }
}

extension TestPortal {
    /// Sends what waits; answers what came since the last time.
    func delivered() async throws -> [MailMessage] {
        let before = mailbox.all.count
        var pacing = OutboxPacing()
        _ = await mail?.worker.step(&pacing)
        return Array(mailbox.all.dropFirst(before))
    }

    /// The secret of the link in the one mail that waits.
    func mailedToken() async throws -> String {
        let mails = try await delivered()
        let link = try #require(mails.first?.link)
        #expect(mails.count == 1)
        return String(try #require(link.split(separator: "=").last))
    }
}
