package import NIOCore

/// Reads a body of any framing; what a handler keeps while one passes.
package struct BodyParser: Sendable {
    /// A part to send on.
    package struct Part: Equatable, Sendable {
        /// May be empty. Shares its storage with the buffer that it was read from.
        package var bytes: ByteBuffer
        package var isEnd: Bool

        package init(bytes: ByteBuffer, isEnd: Bool) {
            self.bytes = bytes
            self.isEnd = isEnd
        }
    }

    private enum State: Sendable {
        case length(remaining: Int)
        case chunked(ChunkedBodyParser)
        case untilClose(read: Int)
        case ended
    }

    private var state: State
    private let bodyBytes: Int?

    /// - Throws: `bodyTooLong` for a length beyond the limit.
    package init(
        _ framing: BodyFraming, output: ChunkedBodyParser.Output, names: FieldNameTable,
        limits: BodyLimits = BodyLimits()
    ) throws(BodyFault) {
        bodyBytes = limits.bodyBytes
        switch framing {
        case .none, .length(0): state = .ended
        case .length(let count):
            guard count <= limits.bodyBytes ?? Int.max else { throw .bodyTooLong }
            state = .length(remaining: count)
        case .chunked: state = .chunked(ChunkedBodyParser(output: output, names: names, limits: limits))
        case .untilClose: state = .untilClose(read: 0)
        }
    }

    /// True from the start for a message without a body. (A body that lasts until the connection closes never says so.)
    package var isEnded: Bool {
        if case .ended = state { return true }
        return false
    }

    /// Whether the peer's closing is the end of the body, and not a body cut short.
    package var endsWithConnection: Bool {
        if case .untilClose = state { return true }
        return false
    }

    /// Takes what is of this body from the buffer, and leaves what is behind it.
    /// - Returns: nil when more bytes are needed, or when the body has ended.
    package mutating func read(from buffer: inout ByteBuffer) throws(BodyFault) -> Part? {
        guard buffer.readableBytes > 0 else { return nil }
        switch state {
        case .ended: return nil
        case .length(let remaining):
            let count = min(remaining, buffer.readableBytes)
            guard let bytes = buffer.readSlice(length: count) else { return nil }
            state = count == remaining ? .ended : .length(remaining: remaining - count)
            return Part(bytes: bytes, isEnd: count == remaining)
        case .untilClose(let read):
            let (sum, overflow) = read.addingReportingOverflow(buffer.readableBytes)
            guard !overflow, sum <= bodyBytes ?? Int.max else { throw .bodyTooLong }
            state = .untilClose(read: sum)
            return buffer.readSlice(length: buffer.readableBytes).map { Part(bytes: $0, isEnd: false) }
        case .chunked(var parser):
            // The parser's storage must not be shared while it changes; a fault of it is kept, and answered again.
            state = .ended
            defer { state = parser.hasEnded ? .ended : .chunked(parser) }
            guard let run = try parser.next(buffer) else { return nil }
            buffer.moveReaderIndex(forwardBy: run.skip)
            return buffer.readSlice(length: run.keep).map { Part(bytes: $0, isEnd: run.isEnd) }
        }
    }
}
