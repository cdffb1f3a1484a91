import HTTP1
import NIOCore
import NIOHPACK
import NIOHTTP2

/// One response of the HTTP/1.1 side as a stream's frames (RFC 9112 to RFC 9113 §8), a pure state machine.
struct ResponseTranslation {
    /// Nothing that this gateway writes; its client is told by a reset.
    enum Fault: Error {
        case head(HeadFault)
        case body
        /// RFC 9113 §8.6: HTTP/2 has no 101.
        case upgrade
    }

    private enum Body {
        case plain(BodyParser)
        case chunked(ChunkReader)
    }

    /// NIO writes a head as one HEADERS frame, which may be as long as the least that a peer takes, 16 KiB; what is
    /// compressed is no longer than the text.
    private static let maximumHead = 16 * 1024 - 256
    private static let names = FieldNameTable()

    private var heads = ResponseHeadParser(
        names: names, limits: HeadLimits(headBytes: maximumHead, fields: 200))
    private var body: Body?
    private var received: ByteBuffer?
    /// A final head has been written.
    private(set) var isBegun = false
    /// The last frame has END_STREAM.
    private(set) var isEnded = false

    /// - Parameter toHEAD: whether the request was one.
    mutating func take(_ bytes: ByteBuffer, toHEAD: Bool) throws(Fault) -> [HTTP2Frame.FramePayload] {
        var bytes = bytes
        if received == nil { received = bytes } else { received?.writeBuffer(&bytes) }
        var frames: [HTTP2Frame.FramePayload] = []
        while !isEnded, let frame = try next(toHEAD: toHEAD) { frames.append(frame) }
        if isEnded || received?.readableBytes == 0 { received = nil }
        return frames
    }

    /// The HTTP/1.1 side has closed: the end of a body that is delimited by nothing else.
    /// - Returns: nil when the response is cut short by it.
    mutating func close() -> HTTP2Frame.FramePayload? {
        guard !isEnded, case .plain(let parser)? = body, parser.endsWithConnection else { return nil }
        return data(ByteBuffer(), isLast: true)
    }

    private mutating func next(toHEAD: Bool) throws(Fault) -> HTTP2Frame.FramePayload? {
        guard var bytes = received, bytes.readableBytes > 0 else { return nil }
        guard body != nil else { return try head(bytes, toHEAD: toHEAD) }
        received = nil
        defer { received = bytes }
        return try content(&bytes)
    }

    private mutating func head(_ bytes: ByteBuffer, toHEAD: Bool) throws(Fault) -> HTTP2Frame.FramePayload? {
        do throws(HeadFault) {
            guard try heads.parse(bytes, toHEAD: toHEAD) else { return nil }
        } catch {
            throw .head(error)
        }
        let head = heads.head
        guard head.status != 101 else { throw .upgrade }
        let fields = Self.fields(head, bytes)
        received?.moveReaderIndex(forwardBy: head.length)
        heads.reset()
        guard !head.isInterim else { return .headers(.init(headers: fields)) }
        isBegun = true
        isEnded = head.framing == .none || head.framing == .length(0)
        if head.framing == .chunked {
            body = .chunked(ChunkReader())
        } else {
            do throws(BodyFault) {
                body = .plain(try BodyParser(head.framing, output: .data, names: Self.names))
            } catch {
                throw .body
            }
        }
        return .headers(.init(headers: fields, endStream: isEnded))
    }

    private mutating func content(_ bytes: inout ByteBuffer) throws(Fault) -> HTTP2Frame.FramePayload? {
        switch body {
        case nil: return nil
        case .plain(var parser):
            defer { body = .plain(parser) }
            do throws(BodyFault) {
                guard let part = try parser.read(from: &bytes) else { return nil }
                return data(part.bytes, isLast: part.isEnd)
            } catch {
                throw .body
            }
        case .chunked(var reader):
            defer { body = .chunked(reader) }
            do throws(ChunkReader.Fault) {
                switch try reader.next(&bytes) {
                case nil: return nil
                case .data(let data): return self.data(data, isLast: false)
                case .trailers(let fields): return end(fields)
                }
            } catch {
                throw .body
            }
        }
    }

    private mutating func data(_ bytes: ByteBuffer, isLast: Bool) -> HTTP2Frame.FramePayload {
        isEnded = isLast
        return .data(.init(data: .byteBuffer(bytes), endStream: isLast))
    }

    private mutating func end(_ trailers: [(name: String, value: String)]) -> HTTP2Frame.FramePayload {
        var fields = HPACKHeaders()
        for (name, value) in trailers where !StreamFields.isConnectionSpecific(name.lowercased()) {
            fields.add(name: name.lowercased(), value: value)
        }
        guard !fields.isEmpty else { return data(ByteBuffer(), isLast: true) }
        isEnded = true
        return .headers(.init(headers: fields, endStream: true))
    }

    /// RFC 9113 §8.2.2: without what is about the connection, and what `Connection` names.
    private static func fields(_ head: ResponseHead, _ bytes: ByteBuffer) -> HPACKHeaders {
        var fields = HPACKHeaders([(":status", String(head.status))])
        fields.reserveCapacity(head.fields.count + 1)
        for field in head.fields where !field.marks.contains(.namedByConnection) {
            switch field.known {
            case .connection, .keepAlive, .proxyConnection, .transferEncoding, .upgrade: continue
            default:
                fields.add(
                    name: text(field.nameRange, in: bytes).lowercased(), value: text(field.valueRange, in: bytes))
            }
        }
        return fields
    }

    private static func text(_ range: Range<Int>, in bytes: ByteBuffer) -> String {
        // Parsed from these bytes, so it lies within them.
        bytes.getString(at: bytes.readerIndex + range.lowerBound, length: range.count) ?? ""
    }
}
