import NIOCore

/// Takes the PROXY header off a connection's first bytes, has what comes next put behind it, and goes.
final class ProxyHeaderHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let done: (ProxyHeader) throws -> Void
    private let failed: (ProxyHeaderFault) -> Void
    private var received: ByteBuffer?
    private var isOver = false

    /// - Parameters:
    ///   - done: adds what follows behind this handler.
    ///   - failed: told of before the connection is closed.
    init(done: @escaping (ProxyHeader) throws -> Void, failed: @escaping (ProxyHeaderFault) -> Void) {
        self.done = done
        self.failed = failed
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { context.read() }
    }

    func channelActive(context: ChannelHandlerContext) {
        context.read()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver else { return context.fireChannelRead(data) }
        var bytes = unwrapInboundIn(data)
        if received == nil { received = bytes } else { received?.writeBuffer(&bytes) }
        guard var all = received else { return }
        do throws(ProxyHeaderFault) {
            guard let header = try ProxyHeader.read(all.readableBytesView) else { return }
            isOver = true
            received = nil
            all.moveReaderIndex(forwardBy: header.length)
            pass(header, all, context)
        } catch {
            isOver = true
            received = nil
            failed(error)
            context.close(promise: nil)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if isOver { context.fireChannelReadComplete() } else { context.read() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !isOver, received != nil { failed(.incomplete) }
        isOver = true
        context.fireChannelInactive()
    }

    private func pass(_ header: ProxyHeader, _ rest: ByteBuffer, _ context: ChannelHandlerContext) {
        do {
            try done(header)
        } catch {
            return context.close(promise: nil)
        }
        if rest.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(rest)) }
        // The end of this read is told to whoever stands here then.
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}
