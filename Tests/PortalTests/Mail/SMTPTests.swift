import Secrets
import TestSupport
import Testing

@testable import Portal

@Suite("Mails over SMTP", .timeLimit(.minutes(5))) struct SMTPTests {
    private let sender = MailAddress("Lockstep <no-reply@example.com>")

    private func send(
        _ script: MailServer.Script = .init(), tls: MailSettings.TLS = .none,
        credentials: MailSettings.Credentials? = nil, text: String = "Hello\n.\n..dots\nand end"
    ) async throws -> (OutboxPacing.Answer, MailServer.Received) {
        let server = try await MailServer.start(script)
        let smtp = SMTPSender(
            server: .init(scheme: "smtp", host: "127.0.0.1", port: server.port, tls: tls, credentials: credentials),
            sender: try #require(sender))
        let address = try #require(EmailAddress("ada@example.com"))
        let answer = await smtp.send(
            MailMessage(id: "m-1", to: MailAddress(address), subject: "A subject", text: text, createdAt: 0))
        try await smtp.close()
        try await server.close()
        return (answer, server.received)
    }

    @Test("a mail arrives whole, its envelope is one sender and one recipient, and no line of it ends it early")
    func delivered() async throws {
        let (answer, received) = try await send()
        #expect(answer == .delivered)
        #expect(received.commands.contains { $0.hasPrefix("MAIL FROM:<no-reply@example.com>") })
        #expect(received.commands.filter { $0.hasPrefix("RCPT") } == ["RCPT TO:<ada@example.com>"])
        let message = try #require(received.messages.first)
        #expect(received.messages.count == 1)
        #expect(message.contains("\r\nSubject: A subject\r\n"))
        #expect(message.contains("\r\n\r\nHello\r\n..\r\n...dots\r\nand end\r\n"))
    }

    @Test("credentials go by AUTH PLAIN")
    func authenticated() async throws {
        var script = MailServer.Script()
        script.extensions = ["AUTH PLAIN"]
        let credentials = MailSettings.Credentials(user: "me", password: SecretBytes(utf8: "pa ss"))
        let (answer, received) = try await send(script, credentials: credentials)
        #expect(answer == .delivered)
        // "\0me\0pa ss"
        #expect(received.commands.contains { $0.hasSuffix("AG1lAHBhIHNz") })
        script.authentication = "535 wrong"
        let (refused, none) = try await send(script, credentials: credentials)
        guard case .down = refused else {
            Issue.record("wrong credentials are nobody's message: \(refused)")
            return
        }
        #expect(none.messages.isEmpty)
    }

    enum Means: Sendable { case later, refused, down }

    enum Step: Sendable { case greeting, sender, recipient, data, message }

    static let answers: [(Step, String, Means)] = [
        (.recipient, "450 mailbox busy", .later), (.sender, "451 try again", .later),
        (.message, "452 no room", .later), (.recipient, "550 no such user", .refused),
        (.data, "554 no", .refused), (.message, "552 too big", .refused),
        (.sender, "530 must issue STARTTLS first", .down), (.recipient, "421 closing", .down),
        (.greeting, "554 not you", .down),
    ]

    @Test("what a server says means: later, never, or nothing at all now", arguments: answers)
    func means(_ step: Step, _ line: String, _ means: Means) async throws {
        var script = MailServer.Script()
        switch step {
        case .greeting: script.greeting = line
        case .sender: script.sender = line
        case .recipient: script.recipient = line
        case .data: script.data = line
        case .message: script.message = line
        }
        let (answer, _) = try await send(script)
        switch (answer, means) {
        case (.later, .later), (.refused, .refused), (.down, .down): break
        default: Issue.record("\(line): \(answer)")
        }
    }

    @Test("where TLS is demanded and not offered, nothing is sent, not even the password")
    func noTLS() async throws {
        var script = MailServer.Script()
        script.extensions = ["AUTH PLAIN"]
        let (answer, received) = try await send(
            script, tls: .required,
            credentials: .init(user: "me", password: SecretBytes(utf8: "secret")))
        guard case .down = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(received.messages.isEmpty)
        #expect(!received.commands.contains { $0.hasPrefix("AUTH") || $0.hasPrefix("MAIL") })
    }

    @Test("a server that is not there is no message's fault")
    func refusedConnection() async throws {
        let server = try await MailServer.start()
        let port = server.port
        try await server.close()
        let smtp = SMTPSender(
            server: .init(scheme: "smtp", host: "127.0.0.1", port: port, tls: .none), sender: try #require(sender))
        let address = try #require(EmailAddress("ada@example.com"))
        let answer = await smtp.send(
            MailMessage(id: "m-1", to: MailAddress(address), subject: "s", text: "t", createdAt: 0))
        try await smtp.close()
        guard case .down = answer else {
            Issue.record("\(answer)")
            return
        }
    }
}
