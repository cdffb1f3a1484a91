import Crypto
import FoundationEssentials
import HTTP1

/// An upstream's 101 (RFC 6455 §4.2.2). What it says is compared with what was asked before a byte behind it passes: a 101
/// that is none would make whatever follows look like an answer, or the client's bytes like requests.
package enum WebSocketAnswer {
    /// - Returns: why it opens no WebSocket; nil when it does.
    package static func fault(_ response: ReceivedResponse, to request: WebSocketRequest) -> String? {
        let fields = response.fields
        guard response.head.status == 101, response.head.minorVersion >= 1 else { return "it is no 101 of HTTP/1.1" }
        guard response.head.hasUpgrade, response.lone(.upgrade)?.lowercased() == "websocket" else {
            return "its 101 is not to the WebSocket protocol"
        }
        // RFC 9110 §8.6, RFC 9112 §6.1: neither stands in a 1xx.
        guard !fields.contains(.contentLength), !fields.contains(.transferEncoding) else {
            return "its 101 says how long a body is"
        }
        guard response.lone(.secWebSocketAccept) == accept(for: request.key) else {
            return "its Sec-WebSocket-Accept does not fit the key"
        }
        if fields.contains(.secWebSocketProtocol) {
            guard let name = response.lone(.secWebSocketProtocol), request.protocols.contains(name) else {
                return "it chose a subprotocol that was not offered"
            }
        }
        if fields.contains(.secWebSocketExtensions), !request.offersExtensions {
            return "it uses extensions that were not offered"
        }
        return nil
    }

    /// The base64 of the SHA-1 of key and GUID.
    package static func accept(for key: String) -> String {
        Data(Insecure.SHA1.hash(data: Data((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))).base64EncodedString()
    }

    /// What the client gets: the upstream's own lines, but for those of this hop.
    package static func write(
        _ response: ReceivedResponse, rules: ResponseRules?, requestID: String, into output: inout HeadBuffer
    ) {
        output.writeStaticString("HTTP/1.1 101 Switching Protocols\r\n")
        response.copyLines(to: &output) { field in
            PassedFields.toClient(field) && !(rules?.drops(field, of: response) ?? false)
        }
        for field in rules?.fields ?? [] { output.writeLine(field) }
        SetIdentityHeaders.writeVia(
            after: response.values(of: .via), minorVersion: response.head.minorVersion, to: &output)
        output.writeLine("X-Request-Id", requestID)
        writeUpgrade(to: &output)
        output.writeStaticString("\r\n")
    }

    /// The lines of this hop, the same in both directions.
    package static func writeUpgrade(to output: inout HeadBuffer) {
        output.writeStaticString("Connection: Upgrade\r\nUpgrade: websocket\r\n")
    }
}
