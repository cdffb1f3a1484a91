import HTTP1
import NIOCore

/// An upstream's bytes, read strictly by `HTTP1`: one response to each request, and nothing that nobody asked for.
struct ResponseReader {
    enum Event {
        /// Another head follows for the same request.
        case interim(ReceivedResponse)
        case head(ReceivedResponse)
        case body(ByteBuffer)
        /// With `overrun` there is more behind the response than the response: the connection serves no other exchange.
        case end(overrun: Bool)
    }

    /// 1xx before one response.
    private static let maximumInterims = 16

    private var heads: ResponseHeadParser
    /// Nil before the head of a response.
    private var body: BodyParser?
    private var received: ByteBuffer?
    /// Of the request whose response is awaited; nil without one.
    private var isToHEAD: Bool?
    private var output = ChunkedBodyParser.Output.data
    /// The request asked for another protocol.
    private var isUpgrade = false
    private var interims = 0

    init(limits: HeadLimits) { heads = ResponseHeadParser(names: PassedFields.names, limits: limits) }

    /// A request is sent, and its response is read from now on.
    /// - Parameters:
    ///   - output: of a chunked body.
    ///   - isUpgrade: whatever is behind a 101 belongs to it, until the connection ends.
    mutating func expect(isToHEAD: Bool, output: ChunkedBodyParser.Output, isUpgrade: Bool = false) {
        self.isToHEAD = isToHEAD
        self.output = output
        self.isUpgrade = isUpgrade
        interims = 0
    }

    mutating func receive(_ bytes: ByteBuffer) {
        if received == nil {
            received = bytes.readableBytes > 0 ? bytes : nil
        } else {
            var bytes = bytes
            received?.writeBuffer(&bytes)
        }
    }

    /// - Returns: nil when more bytes are needed.
    mutating func next() throws(ResponseFault) -> Event? {
        guard let parser = body else { return try nextHead() }
        guard !parser.isEnded else { return end() }
        return try nextOfBody()
    }

    /// The peer has closed in good order.
    /// - Returns: `end` where that is the end of the body.
    mutating func closed() -> Event? {
        guard body?.endsWithConnection ?? false else { return nil }
        return end()
    }

    private mutating func nextHead() throws(ResponseFault) -> Event? {
        if let bytes = received {
            guard let isToHEAD else { throw .unsolicited }
            do throws(HeadFault) {
                guard try heads.parse(bytes, toHEAD: isToHEAD) else { return nil }
            } catch {
                throw .head(error)
            }
            let response = ReceivedResponse(bytes: bytes, head: heads.head)
            received?.moveReaderIndex(forwardBy: response.head.length)
            if received?.readableBytes == 0 { received = nil }
            if response.head.isInterim {
                heads.reset()
                interims += 1
                guard interims <= Self.maximumInterims else { throw .tooManyInterims }
                return .interim(response)
            }
            do throws(BodyFault) {
                let framing = isUpgrade && response.head.status == 101 ? .untilClose : response.head.framing
                body = try BodyParser(framing, output: output, names: PassedFields.names)
            } catch {
                throw .body(error)
            }
            return .head(response)
        }
        return nil
    }

    private mutating func nextOfBody() throws(ResponseFault) -> Event? {
        while var bytes = received {
            received = nil
            defer { received = bytes.readableBytes > 0 ? bytes : nil }
            do throws(BodyFault) {
                guard let part = try body?.read(from: &bytes) else { return nil }
                // Framing that is passed over leaves nothing.
                if part.bytes.readableBytes > 0 { return .body(part.bytes) }
                if part.isEnd { break }
            } catch {
                throw .body(error)
            }
        }
        return body?.isEnded ?? false ? end() : nil
    }

    private mutating func end() -> Event {
        body = nil
        isToHEAD = nil
        heads.reset()
        return .end(overrun: received != nil)
    }
}
