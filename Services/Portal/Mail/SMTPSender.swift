import NIOPosix

/// Hands mails to a server. libcurl blocks, so it has one thread of its own; mails take turns.
final class SMTPSender: Sendable {
    private let server: MailSettings.Server
    private let sender: MailAddress
    private let thread = NIOThreadPool(numberOfThreads: 1)

    init(server: MailSettings.Server, sender: MailAddress) {
        self.server = server
        self.sender = sender
        thread.start()
    }

    func send(_ message: MailMessage) async -> OutboxPacing.Answer {
        let cancellation = Cancellation()
        let rendered = message.rendered(from: sender)
        return await withTaskCancellationHandler {
            do {
                return try await thread.runIfActive { [server, sender] in
                    SMTPTransfer.send(
                        rendered, from: sender.email, to: message.to.email, server: server, isCancelled: cancellation)
                }
            } catch {
                return .down("the portal is stopping")
            }
        } onCancel: {
            cancellation.set()
        }
    }

    /// Waits for the mail that is under way.
    func close() async throws { try await thread.shutdownGracefully() }
}
