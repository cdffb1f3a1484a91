import NIOCore
import NIOPosix
import Synchronization

/// An SMTP server (RFC 5321) in process, on a free port of the loopback interface: it remembers what it was sent, and
/// answers as it is told.
package final class MailServer: Sendable {
    /// What it says at each step; others are answered as they should be.
    package struct Script: Sendable {
        package var greeting = "220 mail.test ESMTP"
        /// What EHLO offers beside SIZE.
        package var extensions: [String] = []
        package var authentication = "235 welcome"
        package var sender = "250 sender ok"
        package var recipient = "250 recipient ok"
        package var data = "354 go on"
        package var message = "250 queued"

        package init() {}
    }

    package struct Received: Sendable, Equatable {
        package var commands: [String] = []
        /// As it was sent, with its dots still stuffed.
        package var messages: [String] = []
        package var connections = 0
    }

    private let script: Mutex<Script>
    private let state = Mutex(Received())
    private let channel: Mutex<(any Channel)?> = Mutex(nil)

    private init(_ script: Script) { self.script = Mutex(script) }

    package static func start(_ script: Script = Script()) async throws -> MailServer {
        let server = MailServer(script)
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(MailSession(server: server))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        server.channel.withLock { $0 = channel }
        return server
    }

    package var port: Int { channel.withLock { $0?.localAddress?.port } ?? 0 }
    package var received: Received { state.withLock { $0 } }
    package var current: Script { script.withLock { $0 } }

    /// From the next step on.
    package func say(_ script: Script) { self.script.withLock { $0 = script } }

    func record(_ change: (inout Received) -> Void) { state.withLock { change(&$0) } }

    package func close() async throws {
        let channel = channel.withLock { $0 }
        try await channel?.close()
    }
}

/// One connection: commands by line, then the message up to its dot.
private final class MailSession: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let server: MailServer
    private var unread = ""
    private var message: String?
    private var awaitsCredentials = false

    init(server: MailServer) { self.server = server }

    func channelActive(context: ChannelHandlerContext) {
        server.record { $0.connections += 1 }
        reply(server.current.greeting, context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        unread += String(buffer: unwrapInboundIn(data))
        while let end = unread.firstRange(of: "\r\n") {
            let line = String(unread[..<end.lowerBound])
            unread.removeSubrange(..<end.upperBound)
            take(line, context)
        }
    }

    private func take(_ line: String, _ context: ChannelHandlerContext) {
        let script = server.current
        if let text = message {
            guard line == "." else {
                message = text + line + "\r\n"
                return
            }
            message = nil
            server.record { $0.messages.append(text) }
            return reply(script.message, context)
        }
        server.record { $0.commands.append(line) }
        if awaitsCredentials {
            awaitsCredentials = false
            return reply(script.authentication, context)
        }
        let verb = line.prefix { $0 != " " && $0 != ":" }.uppercased()
        switch verb {
        case "EHLO": reply((["mail.test"] + script.extensions).map { "250-\($0)" } + ["250 SIZE 1000000"], context)
        case "AUTH":
            // AUTH PLAIN with its response on the same line, or after a 334 (RFC 4954 §4).
            if line.split(separator: " ").count > 2 {
                reply(script.authentication, context)
            } else {
                awaitsCredentials = true
                reply("334 ", context)
            }
        case "MAIL": reply(script.sender, context)
        case "RCPT": reply(script.recipient, context)
        case "DATA":
            if script.data.hasPrefix("354") { message = "" }
            reply(script.data, context)
        case "QUIT":
            reply("221 bye", context)
            context.close(promise: nil)
        default: reply("502 not here", context)
        }
    }

    private func reply(_ line: String, _ context: ChannelHandlerContext) { reply([line], context) }

    private func reply(_ lines: [String], _ context: ChannelHandlerContext) {
        let text = lines.map { $0 + "\r\n" }.joined()
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }
}
