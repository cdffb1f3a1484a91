import HTTP1
import NIOCore

/// Reads the one response that an upstream gives to one request, as the gateway does: interim heads before it are passed
/// over, and what is behind it is nobody's.
///
/// The status stands in the message's method.
struct OwnResponseReader: PartReader {
    private let isToHEAD: Bool
    private var parser = ResponseHeadParser(names: OwnReader.names)
    private var body: BodyParser?
    private var chunks: BodyParser?
    var isDone = false
    var unread = ByteBuffer()
    var unreadChunks = ByteBuffer()
    var reading = Reading()

    /// - Parameters:
    ///   - cut: where the bytes are cut in two, as by two reads.
    ///   - isToHEAD: whether the request was a HEAD.
    /// - Returns: at most one message, complete where the peer's closing behind these bytes would be the end of its body.
    static func read(_ bytes: [UInt8], cut: Int = 0, isToHEAD: Bool) -> Reading {
        var reader = OwnResponseReader(isToHEAD: isToHEAD)
        reader.receive(bytes.prefix(cut))
        reader.receive(bytes.dropFirst(cut))
        if reader.body?.endsWithConnection ?? false { reader.endMessage() }
        return reader.reading
    }

    private init(isToHEAD: Bool) { self.isToHEAD = isToHEAD }

    mutating func readPart() throws -> Bool { try body == nil ? readHead() : readBody() }

    private mutating func readHead() throws -> Bool {
        guard try parser.parse(unread, toHEAD: isToHEAD) else { return false }
        let head = parser.head
        let message = message(head)
        unreadChunks.moveReaderIndex(forwardBy: head.length)
        let bytes = unread.readBytes(length: head.length) ?? []
        reading.accepted += bytes
        parser.reset()
        guard !head.isInterim else { return true }
        reading.forwarded += bytes
        reading.messages = [message]
        body = try BodyParser(head.framing, output: .data, names: OwnReader.names)
        chunks = try BodyParser(head.framing, output: .chunks, names: OwnReader.names)
        if body?.isEnded == true { endMessage() }
        return true
    }

    private mutating func readBody() throws -> Bool {
        forwardChunks()
        let before = unread
        guard let part = try body?.read(from: &unread) else { return false }
        reading.messages[0].body += Array(part.bytes.readableBytesView)
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

    private mutating func endMessage() {
        reading.messages[0].isComplete = true
        body = nil
        isDone = true
    }

    private func message(_ head: ResponseHead) -> Message {
        Message(
            method: "\(head.status)", target: "", minorVersion: head.minorVersion,
            fields: head.fields.map { text($0.nameRange) + ":" + text($0.valueRange) })
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: unread.readableBytesView.dropFirst(range.lowerBound).prefix(range.count), as: UTF8.self)
    }
}
