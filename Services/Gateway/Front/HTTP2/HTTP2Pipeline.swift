import NIOCore
import NIOHTTP2

/// HTTP/2 on one connection, with every limit by its name (RFC 9113 §10.5).
enum HTTP2Pipeline {
    enum Limits {
        static let concurrentStreams = 100
        /// Bytes of a decoded field section, 32 for each field on top (RFC 9113 §6.5.2): SETTINGS_MAX_HEADER_LIST_SIZE. The
        /// codec holds to it once the client has acknowledged it, and to 16,384 before. Beyond it, its compression state is
        /// lost and the connection ends with GOAWAY. Four times what a head may have, so that one that is too long is
        /// answered with 431 as over HTTP/1.1, and costs its stream alone.
        static let fieldSection = 4 * ClientPipeline.maximumHead
        /// Bytes of a request's body that may be under way unread, for each stream.
        static let streamWindow = 65_535
        /// Bytes, for all streams: one that is not read must not stand in the way of others.
        static let connectionWindow = 1_048_576
        /// Bytes of a response that wait for the client's window, for each stream.
        static let unsent = 64 * 1024
        /// CVE-2024-27316 and its kin: CONTINUATION frames without an end.
        static let continuations = 5
        /// CVE-2023-44487, rapid reset: RST_STREAM frames in half a minute.
        static let resets = 200
        /// Malformed or otherwise failed streams in half a minute, and in the connection's life.
        static let streamErrors = 200
        static let malformedRequests = 100
        /// CVE-2019-9512 and -9515: PING, SETTINGS and PRIORITY in half a minute.
        static let controlFrames = 200
        /// Answers to those that the client does not take.
        static let unsentControlFrames = 1000
        /// CVE-2019-9518: DATA frames with nothing in them, one after the other.
        static let emptyDataFrames = 1
        static let span = TimeAmount.seconds(30)
    }

    /// Behind the TLS handler of a connection whose handshake is done.
    static func configure(_ channel: any Channel, desk: FrontDesk, origin: FrontDesk.ClientOrigin) throws {
        let connection = HTTP2Connection(desk: desk, peer: origin.peer)
        let bound = NIOLoopBound((connection: connection, desk: desk), eventLoop: channel.eventLoop)
        let handler = NIOHTTP2Handler(
            mode: .server, eventLoop: channel.eventLoop, connectionConfiguration: connectionConfiguration,
            streamConfiguration: streamConfiguration,
            streamDelegate: StreamCount(connection: NIOLoopBound(connection, eventLoop: channel.eventLoop))
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                try open(stream, on: bound.value.connection, loop: bound.value.desk.loop, origin: origin)
            }
        }
        // Frames are read as they come: windows bound the bodies among them, and the limits above the rest.
        try channel.syncOptions?.setOption(.autoRead, value: true)
        try channel.pipeline.syncOperations.addHandlers([handler, connection])
    }

    private static func open(
        _ stream: any Channel, on connection: HTTP2Connection, loop: GatewayLoop, origin: FrontDesk.ClientOrigin
    ) throws {
        try stream.syncOptions?.setOption(.autoRead, value: false)
        let translator = StreamTranslator(malformed: connection.malformed)
        try stream.pipeline.syncOperations.addHandler(translator)
        // A stream counts as a client, or a hundred of them would hide behind one.
        guard loop.hasRoom else {
            translator.isRefused = true
            return
        }
        try ClientPipeline.configure(stream, loop: loop, peer: origin.peer, proto: origin.proto)
    }

    private static var connectionConfiguration: NIOHTTP2Handler.ConnectionConfiguration {
        var configuration = NIOHTTP2Handler.ConnectionConfiguration()
        configuration.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: Limits.concurrentStreams),
            HTTP2Setting(parameter: .maxHeaderListSize, value: Limits.fieldSection),
            HTTP2Setting(parameter: .initialWindowSize, value: Limits.streamWindow),
        ]
        configuration.headerBlockValidation = .enabled
        configuration.contentLengthValidation = .enabled
        configuration.maximumSequentialEmptyDataFrames = Limits.emptyDataFrames
        configuration.maximumBufferedControlFrames = Limits.unsentControlFrames
        configuration.maximumSequentialContinuationFrames = Limits.continuations
        configuration.maximumConnectionGlitches = Limits.streamErrors
        configuration.targetWindowSize = Limits.connectionWindow
        configuration.controlFrameRateLimit.maximumCount = Limits.controlFrames
        configuration.controlFrameRateLimit.windowLength = Limits.span
        return configuration
    }

    private static var streamConfiguration: NIOHTTP2Handler.StreamConfiguration {
        var configuration = NIOHTTP2Handler.StreamConfiguration()
        configuration.targetWindowSize = Limits.streamWindow
        configuration.outboundBufferSizeHighWatermark = Limits.unsent
        configuration.outboundBufferSizeLowWatermark = Limits.unsent / 2
        configuration.streamResetFrameRateLimit.maximumCount = Limits.resets
        configuration.streamResetFrameRateLimit.windowLength = Limits.span
        configuration.streamErrorRateLimit.maximumCount = Limits.streamErrors
        configuration.streamErrorRateLimit.windowLength = Limits.span
        return configuration
    }
}

/// Tells a connection of its streams; called on its loop alone.
private struct StreamCount: NIOHTTP2StreamDelegate {
    let connection: NIOLoopBound<HTTP2Connection>

    func streamCreated(_ id: HTTP2StreamID, channel: any Channel) { connection.value.streamOpened(id) }
    func streamClosed(_ id: HTTP2StreamID, channel: any Channel) { connection.value.streamClosed() }
}
