import NIOCore
import NIOHPACK

/// One stream's request as HTTP/1.1 (RFC 9113 §8 to RFC 9112), a pure state machine. What it writes is one message,
/// whatever the stream says: the framing is its own, a counted `Content-Length` or chunks that it makes, so that nothing in
/// a stream can become a second request behind the first.
struct RequestTranslation {
    private enum Phase: Equatable {
        case head
        /// So many bytes are announced and have not come.
        case counted(Int)
        case chunked
        /// Refused behind this in any case: what follows is dropped.
        case dropped
        case ended
    }

    private var phase = Phase.head
    /// RFC 9110 §9.3.2: its response has no body.
    private(set) var isHEAD = false

    var isBegun: Bool { phase != .head }
    var isEnded: Bool { phase == .ended }

    // MARK: frames

    /// - Returns: what to read as HTTP/1.1: a head, or the end of a chunked body.
    /// - Throws: `replacedBytes` of a head that is to be answered; of anything else, and with every other fault, the stream is
    ///   reset.
    mutating func headers(_ fields: HPACKHeaders, endsStream: Bool) throws(StreamFault) -> ByteBuffer? {
        guard phase != .head else { return try head(fields, endsStream: endsStream) }
        guard endsStream else { throw .misplacedFrame }
        return try trailers(fields)
    }

    mutating func data(_ bytes: ByteBuffer, endsStream: Bool) throws(StreamFault) -> ByteBuffer? {
        switch phase {
        case .head, .ended: throw .misplacedFrame
        case .dropped: return nil
        case .counted(let missing):
            guard bytes.readableBytes <= missing, !endsStream || bytes.readableBytes == missing else {
                throw .lengthMismatch
            }
            phase = endsStream ? .ended : .counted(missing - bytes.readableBytes)
            return bytes.readableBytes > 0 ? bytes : nil
        case .chunked:
            if endsStream { phase = .ended }
            guard bytes.readableBytes > 0 || endsStream else { return nil }
            return Self.chunk(bytes, isLast: endsStream)
        }
    }

    // MARK: heads

    private mutating func head(_ fields: HPACKHeaders, endsStream: Bool) throws(StreamFault) -> ByteBuffer {
        var pseudo = PseudoFields()
        var lines = ByteBuffer()
        var host: String?
        var length: Int?
        var crumbs: [String] = []
        var hasFields = false
        var isReplaced = false
        for (name, value, _) in fields {
            try StreamFields.checkValue(value)
            isReplaced = isReplaced || StreamFields.isReplaced(value)
            if name.utf8.first == UInt8(ascii: ":") {
                guard !hasFields else { throw .misplacedPseudoField }
                try pseudo.take(name, value)
                continue
            }
            hasFields = true
            try StreamFields.checkName(name)
            guard !StreamFields.isConnectionSpecific(name) else { throw .connectionSpecific }
            switch name {
            case "host":
                guard host == nil else { throw .authorityMismatch }
                host = value
            case "content-length":
                guard length == nil else { throw .badContentLength }
                length = try Self.contentLength(value)
            case "te" where value != "trailers": throw .connectionSpecific
            // RFC 9113 §8.2.3: crumbs for the sake of compression, and one field again.
            case "cookie": crumbs.append(value)
            default: Self.write(name, value, to: &lines)
            }
        }
        let (method, target, authority) = try pseudo.resolve(host: host)
        guard !endsStream || length ?? 0 == 0 else { throw .lengthMismatch }
        isHEAD = method == "HEAD"
        guard !isReplaced else {
            phase = endsStream ? .ended : .dropped
            throw .replacedBytes
        }
        var head = ByteBuffer()
        head.writeString("\(method) \(target) HTTP/1.1\r\n")
        Self.write("host", authority, to: &head)
        head.writeBuffer(&lines)
        if !crumbs.isEmpty { Self.write("cookie", crumbs.joined(separator: "; "), to: &head) }
        frame(method, length, endsStream: endsStream, &head)
        head.writeString("\r\n")
        return head
    }

    private mutating func frame(_ method: String, _ length: Int?, endsStream: Bool, _ head: inout ByteBuffer) {
        switch (length, endsStream) {
        case _ where method == "CONNECT":
            phase = .dropped
        case (let length?, _):
            Self.write("content-length", String(length), to: &head)
            phase = endsStream ? .ended : .counted(length)
        case (nil, true):
            // RFC 9110 §8.6: said where a body would have a meaning, and there is none.
            if method == "POST" || method == "PUT" || method == "PATCH" { Self.write("content-length", "0", to: &head) }
            phase = .ended
        case (nil, false):
            Self.write("transfer-encoding", "chunked", to: &head)
            phase = .chunked
        }
    }

    private mutating func trailers(_ fields: HPACKHeaders) throws(StreamFault) -> ByteBuffer? {
        var end = ByteBuffer(string: "0\r\n")
        for (name, value, _) in fields {
            guard name.utf8.first != UInt8(ascii: ":") else { throw .misplacedPseudoField }
            try StreamFields.checkName(name)
            try StreamFields.checkValue(value)
            guard !StreamFields.isReplaced(value) else { throw .replacedBytes }
            guard !StreamFields.isConnectionSpecific(name) else { throw .connectionSpecific }
            Self.write(name, value, to: &end)
        }
        end.writeString("\r\n")
        switch phase {
        case .head, .ended: throw .misplacedFrame
        case .dropped: return nil
        case .counted(let missing):
            // A counted body has no place for them.
            guard missing == 0 else { throw .lengthMismatch }
            phase = .ended
            return nil
        case .chunked:
            phase = .ended
            return end
        }
    }

    // MARK: HTTP/1.1's spelling

    private static func write(_ name: String, _ value: String, to buffer: inout ByteBuffer) {
        buffer.writeString(name)
        buffer.writeString(": ")
        buffer.writeString(value)
        buffer.writeString("\r\n")
    }

    /// RFC 9112 §7.1. A chunk of no bytes would be the end of the body.
    private static func chunk(_ bytes: ByteBuffer, isLast: Bool) -> ByteBuffer {
        var bytes = bytes
        var chunk = ByteBuffer()
        chunk.reserveCapacity(bytes.readableBytes + 32)
        if bytes.readableBytes > 0 {
            chunk.writeString(String(bytes.readableBytes, radix: 16))
            chunk.writeString("\r\n")
            chunk.writeBuffer(&bytes)
            chunk.writeString("\r\n")
        }
        if isLast { chunk.writeString("0\r\n\r\n") }
        return chunk
    }

    /// RFC 9110 §8.6. Eighteen digits fit an Int, and any body.
    private static func contentLength(_ value: String) throws(StreamFault) -> Int {
        guard (1...18).contains(value.utf8.count), value.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let length = Int(value)
        else { throw .badContentLength }
        return length
    }
}
