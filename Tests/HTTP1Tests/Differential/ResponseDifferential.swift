import HTTP1
import NIOCore
import NIOEmbedded
import NIOHTTP1

/// Responses of an upstream, by grammar with faults, read by our parser and by the peer's.
struct ResponseDifferential {
    private(set) var accepted = 0
    private(set) var differences: [String] = []
    private var random: SeededRandom

    init(responses count: Int, seed: UInt64) {
        random = SeededRandom(seed: seed)
        for _ in 0..<count where differences.count < 5 {
            let isHEAD = random.once(in: 6)
            let bytes = response()
            compare(bytes, isHEAD: isHEAD)
        }
    }

    private mutating func response() -> [UInt8] {
        let status = random.pick([
            "200 OK", "404 Not Found", "204 No Content", "304 Not Modified", "500 ", "201", "299 \u{E9}",
        ])
        let version =
            random.once(in: 30) ? random.pick(RequestGenerator.oddVersions) : random.pick(["HTTP/1.1", "HTTP/1.0"])
        var text = "\(version) \(status)\r\n"
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let odd = random.once(in: 10)
            let name = random.pick(RequestGenerator.names)
            text += odd ? random.pick(RequestGenerator.oddFields) : "\(name): \(random.pick(RequestGenerator.values))"
            text += random.once(in: 200) ? random.pick(RequestGenerator.oddEnds) : "\r\n"
        }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: text += "\r\n"
        case 1: text += "Content-Length: 5\r\n\r\nhello"
        case 2: text += random.pick(RequestGenerator.oddEncodings) + "\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
        default: text += "Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nA: b\r\n\r\n"
        }
        var bytes = Array(text.utf8)
        if random.once(in: 2) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            bytes[place] = random.pick(RequestGenerator.oddBytes)
        }
        return bytes
    }

    private mutating func compare(_ bytes: [UInt8], isHEAD: Bool) {
        guard let own = Self.own(bytes, isHEAD: isHEAD) else { return }
        accepted += 1
        let peer = Self.peer(own.accepted, isHEAD: isHEAD)
        if peer.fault != nil || peer.messages != own.messages {
            differences.append("\(own.messages), by the peer \(peer.messages) \(peer.fault ?? "")\n  in: \(bytes)")
        }
    }

    /// One response whose head was accepted; its status stands in the method's place.
    private static func own(_ bytes: [UInt8], isHEAD: Bool) -> Reading? {
        var parser = ResponseHeadParser(names: FieldNameTable())
        var buffer = ByteBuffer(bytes: bytes)
        guard (try? parser.parse(buffer, toHEAD: isHEAD)) == true else { return nil }
        let head = parser.head
        func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
        var message = Message(
            method: "\(head.status)", target: "", minorVersion: head.minorVersion,
            fields: head.fields.map { text($0.nameRange) + ":" + text($0.valueRange) })
        buffer.moveReaderIndex(forwardBy: head.length)
        do {
            var body = try BodyParser(head.framing, output: .data, names: FieldNameTable())
            while let part = try body.read(from: &buffer) { message.body += Array(part.bytes.readableBytesView) }
            // What lasts until the connection closes ends when it does.
            message.isComplete = body.isEnded || body.endsWithConnection
        } catch {
            return nil
        }
        var reading = Reading(messages: [message])
        reading.accepted = Array(bytes.prefix(bytes.count - buffer.readableBytes))
        return message.isComplete ? reading : nil
    }

    private static func peer(_ bytes: [UInt8], isHEAD: Bool) -> Reading {
        let channel = EmbeddedChannel(handler: ByteToMessageHandler(HTTPResponseDecoder()))
        var reading = Reading()
        do {
            let request = HTTPRequestHead(version: .http1_1, method: isHEAD ? .HEAD : .GET, uri: "/")
            try channel.writeOutbound(HTTPClientRequestPart.head(request))
            try channel.writeInbound(ByteBuffer(bytes: bytes))
            _ = try channel.finish(acceptAlreadyClosed: true)
        } catch {
            reading.fault = "\(error)"
        }
        while let part = try? channel.readInbound(as: HTTPClientResponsePart.self) {
            switch part {
            case .head(let head):
                let fields = head.headers.map { $0.name + ":" + PeerReader.trimmed($0.value) }
                reading.messages.append(
                    Message(method: "\(head.status.code)", target: "", minorVersion: head.version.minor, fields: fields)
                )
            case .body(let bytes): reading.messages[reading.messages.count - 1].body += Array(bytes.readableBytesView)
            case .end: reading.messages[reading.messages.count - 1].isComplete = true
            }
        }
        return reading
    }
}
