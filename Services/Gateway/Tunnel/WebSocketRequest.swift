import HTTP1
package import HTTPKit

/// A client's request for a WebSocket (RFC 6455 §4.1), checked before anybody is asked for one.
package final class WebSocketRequest {
    /// As sent.
    package let key: String
    /// What the client offers in `Sec-WebSocket-Protocol`, in its order.
    package let protocols: [String]
    package let offersExtensions: Bool

    /// - Parameter request: whose head says `Upgrade: websocket` (``RequestHead/Upgrade``), in HTTP/1.1, and version 13.
    /// - Throws: `malformed_request` for anything that RFC 6455 §4.2.1 does not allow, `method_not_allowed` for another
    ///   method than GET.
    package init(_ request: ReceivedRequest) throws(Refusal) {
        let head = request.head
        guard head.method == .get else {
            var refusal = Refusal(.methodNotAllowed, "a WebSocket is asked for with GET")
            refusal.allowedMethods = ["GET"]
            throw refusal
        }
        guard head.framing == .none else {
            throw Refusal(.malformedRequest, "a request for a WebSocket has no body")
        }
        // What `Connection` names would not reach the upstream.
        for field in head.fields where field.marks.contains(.namedByConnection) {
            switch field.known {
            case .secWebSocketKey, .secWebSocketVersion, .secWebSocketProtocol, .secWebSocketExtensions, .origin:
                throw Refusal(.malformedRequest, "Connection names a field that the WebSocket needs")
            default: break
            }
        }
        guard let key = request.lone(.secWebSocketKey), Self.isKey(key) else {
            throw Refusal(.malformedRequest, "Sec-WebSocket-Key is not 16 bytes in base64")
        }
        guard !head.fields.contains(.secWebSocketAccept) else {
            throw Refusal(.malformedRequest, "Sec-WebSocket-Accept is a server's to say")
        }
        self.key = key
        protocols = request.values(of: .secWebSocketProtocol).flatMap(Self.list)
        offersExtensions = head.fields.contains(.secWebSocketExtensions)
    }

    /// 16 bytes in base64: 22 characters, of which the last one has two bits, and two to fill up.
    private static func isKey(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 24, bytes.suffix(2).allSatisfy({ $0 == UInt8(ascii: "=") }),
            "AQgw".utf8.contains(bytes[21])
        else { return false }
        return bytes.prefix(22).allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                true
            default: false
            }
        }
    }

    private static func list(_ value: String) -> [String] {
        value.split(separator: ",").map { element in
            var element = element
            while element.first == " " || element.first == "\t" { element = element.dropFirst() }
            while element.last == " " || element.last == "\t" { element = element.dropLast() }
            return String(element)
        }
    }
}
