import NIOCore
import NIOEmbedded
import NIOHTTP1

/// Reads a connection's requests with SwiftNIO's decoder (llhttp).
enum PeerReader {
    static func read(_ bytes: [UInt8]) -> Reading {
        let channel = EmbeddedChannel(handler: ByteToMessageHandler(HTTPRequestDecoder()))
        var reading = Reading()
        do {
            try channel.writeInbound(ByteBuffer(bytes: bytes))
        } catch {
            reading.fault = "\(error)"
        }
        while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head(let head):
                reading.messages.append(
                    Message(
                        method: head.method.rawValue, target: head.uri, minorVersion: head.version.minor,
                        fields: head.headers.map { $0.name + ":" + trimmed($0.value) }))
            case .body(let bytes):
                reading.messages[reading.messages.count - 1].body += Array(bytes.readableBytesView)
            case .end:
                reading.messages[reading.messages.count - 1].isComplete = true
            }
        }
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return reading
    }

    static func trimmed(_ value: String) -> String {
        var text = Substring(value)
        while let last = text.utf8.last, last == 0x20 || last == 0x09 { text = Substring(text.utf8.dropLast()) }
        while let first = text.utf8.first, first == 0x20 || first == 0x09 { text = Substring(text.utf8.dropFirst()) }
        return String(text)
    }
}
