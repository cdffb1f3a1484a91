import NIOCore
import NIOEmbedded
import NIOHTTP1

/// Reads the response to one request with SwiftNIO's decoder (llhttp), which is then told that the connection ended.
enum PeerResponseReader {
    static func read(_ bytes: [UInt8], isToHEAD: Bool) -> Reading {
        let channel = EmbeddedChannel(handler: ByteToMessageHandler(HTTPResponseDecoder()))
        var reading = Reading()
        do {
            let request = HTTPRequestHead(version: .http1_1, method: isToHEAD ? .HEAD : .GET, uri: "/")
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
