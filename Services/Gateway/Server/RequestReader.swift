import HTTP1
import NIOCore

/// A client's bytes, read strictly by `HTTP1`: a head, its body, and only then the next head.
struct RequestReader {
    private var heads: RequestHeadParser
    private var body: BodyParser?
    /// Received and not read yet: at most a part of a head or of a chunk's line, and what is pipelined behind a request.
    private var received: ByteBuffer?

    init(limits: HeadLimits) { heads = RequestHeadParser(names: PassedFields.names, limits: limits) }

    var hasUnread: Bool { received != nil }

    mutating func receive(_ bytes: ByteBuffer) {
        if received == nil {
            received = bytes.readableBytes > 0 ? bytes : nil
        } else {
            var bytes = bytes
            received?.writeBuffer(&bytes)
        }
    }

    /// Nothing more will be asked for.
    mutating func removeAll() {
        received = nil
        body = nil
    }

    /// - Returns: nil when more bytes are needed.
    mutating func head() throws(RequestFault) -> ReceivedRequest? {
        guard let bytes = received else { return nil }
        do throws(HeadFault) {
            guard try heads.parse(bytes) else { return nil }
        } catch {
            throw .head(error)
        }
        let request = ReceivedRequest(bytes: bytes, head: heads.head)
        moveOn(by: heads.head.length)
        return request
    }

    /// After a head, before its body is asked for.
    /// - Parameter maximum: bytes of data.
    /// - Throws: `bodyTooLong` for a length beyond it.
    mutating func beginBody(_ framing: BodyFraming, maximum: Int) throws(RequestFault) {
        do throws(BodyFault) {
            body = try BodyParser(
                framing, output: .chunks, names: PassedFields.names, limits: BodyLimits(bodyBytes: maximum))
        } catch {
            throw .body(error)
        }
    }

    var isBodyEnded: Bool { body?.isEnded ?? true }

    /// - Returns: nil when more bytes are needed; else a part of the body as it goes to the upstream.
    mutating func bodyPart() throws(RequestFault) -> ByteBuffer? {
        guard var bytes = received else { return nil }
        received = nil
        defer { received = bytes.readableBytes > 0 ? bytes : nil }
        do throws(BodyFault) {
            return try body?.read(from: &bytes)?.bytes
        } catch {
            throw .body(error)
        }
    }

    /// HTTP is over: what was received and not read.
    mutating func takeUnread() -> ByteBuffer? {
        defer { removeAll() }
        return received
    }

    /// The request is over.
    mutating func next() {
        body = nil
        heads.reset()
    }

    private mutating func moveOn(by count: Int) {
        received?.moveReaderIndex(forwardBy: count)
        if received?.readableBytes == 0 { received = nil }
    }
}
