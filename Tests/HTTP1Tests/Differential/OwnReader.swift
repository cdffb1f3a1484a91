import HTTP1
import NIOCore

/// Reads a connection's requests with our own parsers.
///
/// A method that llhttp does not know is read as `POST`, in the message and in the bytes that the peer is shown: it would
/// refuse it for its name alone.
struct OwnReader: PartReader {
    static let names = FieldNameTable(groups: [
        FieldNameGroup(.managed, names: ["X-User-Id", "X-Request-Id"], families: ["x-user-", "x-gateway-"]),
        FieldNameGroup(.forwarding, names: ["Forwarded", "X-Real-IP"], families: ["x-forwarded-"]),
    ])

    private static let peerMethods: Set<String> = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH",
    ]

    private var parser: RequestHeadParser
    private var body: BodyParser?
    private var chunks: BodyParser?
    private var keepAlive = true
    var isDone = false
    var unread = ByteBuffer()
    var unreadChunks = ByteBuffer()
    var reading = Reading()

    init(limits: HeadLimits = HeadLimits()) { parser = RequestHeadParser(names: Self.names, limits: limits) }

    /// - Parameter sizes: of the pieces that the bytes come in; the rest comes at once.
    static func read(
        _ bytes: [UInt8], sizes: some Sequence<Int> = EmptyCollection<Int>(), limits: HeadLimits = HeadLimits()
    )
        -> Reading
    {
        var reader = OwnReader(limits: limits)
        var rest = bytes[...]
        for size in sizes {
            reader.receive(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        reader.receive(rest)
        return reader.reading
    }

    mutating func readPart() throws -> Bool { try body == nil ? readHead() : readBody() }

    private mutating func readHead() throws -> Bool {
        guard try parser.parse(unread) else { return false }
        let head = parser.head
        var message = message(head)
        unreadChunks.moveReaderIndex(forwardBy: head.length)
        var bytes = unread.readBytes(length: head.length) ?? []
        if !Self.peerMethods.contains(message.method) {
            bytes.replaceSubrange(head.methodRange, with: Array("POST".utf8))
            message.method = "POST"
        }
        reading.messages.append(message)
        reading.accepted += bytes
        reading.forwarded += bytes
        reading.isUpgrade = head.upgrade != .none
        keepAlive = head.keepAlive
        parser.reset()
        body = try BodyParser(head.framing, output: .data, names: Self.names)
        chunks = try BodyParser(head.framing, output: .chunks, names: Self.names)
        if body?.isEnded == true { endMessage() }
        return true
    }

    private mutating func endMessage() {
        reading.messages[reading.messages.count - 1].isComplete = true
        body = nil
        chunks = nil
        if !keepAlive || reading.isUpgrade { isDone = true }
    }

    private mutating func readBody() throws -> Bool {
        forwardChunks()
        let before = unread
        guard let part = try body?.read(from: &unread) else { return false }
        reading.messages[reading.messages.count - 1].body += Array(part.bytes.readableBytesView)
        reading.accepted += before.readableBytesView.prefix(before.readableBytes - unread.readableBytes)
        if part.isEnd { endMessage() }
        return true
    }

    /// Its faults are those that the other reader finds.
    private mutating func forwardChunks() {
        while let part = try? chunks?.read(from: &unreadChunks) {
            reading.forwarded += Array(part.bytes.readableBytesView)
            if part.isEnd { return }
        }
    }

    private func message(_ head: RequestHead) -> Message {
        Message(
            method: text(head.methodRange), target: text(head.target.range), minorVersion: head.minorVersion,
            fields: head.fields.map { text($0.nameRange) + ":" + text($0.valueRange) })
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: unread.readableBytesView.dropFirst(range.lowerBound).prefix(range.count), as: UTF8.self)
    }
}
