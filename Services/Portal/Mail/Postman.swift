import Logging
import ServiceKit
import ServiceLifecycle

/// Takes letters out of the outbox and hands them on.
struct Postman: Sendable {
    let seal: LetterSeal
    let text: LetterText
    let links: AccountLinkStore
    let send: @Sendable (MailMessage) async -> OutboxPacing.Answer
    let entropy: Entropy
    let clock: WallClock
    let logger: Logger

    func deliver(_ entry: OutboxEntry) async -> OutboxPacing.Answer {
        guard let letter = seal.open(entry.payload, id: entry.eventID), let address = EmailAddress(letter.to) else {
            return .refused("it was sealed with another PORTAL_DATA_KEY")
        }
        if let token = letter.token {
            do {
                // A letter is written for every address that somebody asks for, and has a link where there is an account
                // behind it: whoever asks can't tell the two apart by what the portal does meanwhile.
                guard try await links.isGood(token, now: clock.now()) else { return .delivered }
            } catch {
                return .down("the database does not answer")
            }
        }
        let content = text.content(of: letter)
        return await send(
            MailMessage(
                id: entry.eventID, to: MailAddress(address), subject: content.subject, text: content.text,
                link: content.link, createdAt: entry.createdAt))
    }

    /// What the audit trail says of a letter that is over.
    func recorded(
        _ entry: OutboxEntry, _ answer: OutboxPacing.Answer, _ outcome: AuditEvent.Outcome
    ) -> AuditEvent? {
        let letter = seal.open(entry.payload, id: entry.eventID)
        return AuditEvent(
            id: entropy.identifier(), at: clock.now(), kind: outcome == .success ? .mailSent : .mailGivenUp,
            outcome: outcome, actor: nil, subject: letter?.to ?? entry.eventID, address: "", requestID: entry.eventID,
            detail: letter.map { outcome == .success ? $0.kind.rawValue : "\($0.kind.rawValue): \(answer)" } ?? "")
    }
}

/// The worker of the mails, and what it sends them by.
final class MailService: Service {
    let worker: OutboxWorker
    private let close: @Sendable () async throws -> Void

    init(worker: OutboxWorker, close: @escaping @Sendable () async throws -> Void) {
        self.worker = worker
        self.close = close
    }

    func run() async throws {
        try await worker.run()
        try await close()
    }
}

extension MailService {
    /// Nil where no mail can be sent at all.
    static func sending(
        _ settings: MailSettings, showsLinks: Bool, logger: Logger
    ) -> Portal.Resources.Mail? {
        guard let sender = settings.sender else { return nil }
        switch settings.transport {
        case .nothing: return nil
        case .folder(let path):
            let folder = MailFolder(
                path: path, sender: sender, showsLinks: showsLinks, logger: logger)
            return .init(send: { folder.send($0) }, close: {})
        case .server(let server):
            let smtp = SMTPSender(server: server, sender: sender)
            return .init(send: { await smtp.send($0) }, close: { try await smtp.close() })
        }
    }
}
