/// What WebSocket clients and servers say (RFC 6455 §1.3, its own example).
enum TestWebSocket {
    static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    static let fields = [
        "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: \(key)",
    ]

    static func request(_ path: String = "/ws/chat", _ more: [String] = [], token: String? = nil) -> String {
        TestGateway.request("GET", path, fields + more, token: token)
    }

    static func answer(
        accept: String = accept, upgrade: String = "websocket", connection: String = "Upgrade", _ more: [String] = []
    ) -> String {
        let lines = ["Connection: \(connection)", "Upgrade: \(upgrade)", "Sec-WebSocket-Accept: \(accept)"] + more
        return "HTTP/1.1 101 Switching Protocols\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n"
    }

    /// A frame of a server.
    static func frame(_ payload: [UInt8], opcode: UInt8 = 2) -> [UInt8] {
        let count = payload.count
        let length: [UInt8] =
            count < 126
            ? [UInt8(count)]
            : count < 65_536
                ? [126, UInt8(count >> 8), UInt8(count & 0xFF)]
                : [127] + (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }
        return [0x80 | opcode] + length + payload
    }

    /// The code of a Close of a client's, without a reason in words; nil for anything else.
    static func closeCode(_ frame: [UInt8]) -> UInt16? {
        guard frame.count == 8, frame[0] == 0x88, frame[1] == 0x82 else { return nil }
        return UInt16(frame[6] ^ frame[2]) << 8 | UInt16(frame[7] ^ frame[3])
    }

    /// A Close of a server's, without a reason in words.
    static func close(_ code: UInt16) -> [UInt8] { frame([UInt8(code >> 8), UInt8(code & 0xFF)], opcode: 8) }
}
