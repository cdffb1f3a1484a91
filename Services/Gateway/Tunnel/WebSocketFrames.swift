import NIOCore

/// Where frames begin and end (RFC 6455 §5.2) in the bytes of one direction, without a look at what they carry.
///
/// A control frame may stand between any two frames, also of one message (§5.4): what is known here is where a Close can
/// be put in.
struct WebSocketFrames {
    private static let close: UInt8 = 0x8

    /// Of a head that has begun.
    private var headBytes = 0
    private var headLength = 2
    private var length: UInt64 = 0
    /// Bytes of the present frame's payload that are still to come.
    private(set) var remaining: UInt64 = 0
    /// A Close has begun: no frame may follow it.
    private(set) var hasClosed = false

    var isAtBoundary: Bool { headBytes == 0 && remaining == 0 }

    /// - Parameter stopsAtBoundary: nothing behind the end of the present frame is taken.
    /// - Returns: how many bytes were taken.
    mutating func pass(_ bytes: ByteBuffer, stopsAtBoundary: Bool = false) -> Int {
        var index = bytes.readerIndex
        while index < bytes.writerIndex {
            if stopsAtBoundary, isAtBoundary { break }
            if remaining > 0 {
                let step = min(remaining, UInt64(bytes.writerIndex - index))
                remaining -= step
                index += Int(step)
            } else {
                // Within the readable bytes.
                head(bytes.getInteger(at: index) ?? 0)
                index += 1
            }
        }
        return index - bytes.readerIndex
    }

    private mutating func head(_ byte: UInt8) {
        switch headBytes {
        case 0:
            length = 0
            if byte & 0x0F == Self.close { hasClosed = true }
        case 1:
            let short = byte & 0x7F
            let extended = short == 126 ? 2 : short == 127 ? 8 : 0
            length = extended == 0 ? UInt64(short) : 0
            headLength = 2 + extended + (byte & 0x80 == 0 ? 0 : 4)
            extendedEnd = 2 + extended
        case ..<extendedEnd:
            length = length << 8 | UInt64(byte)
        default: break
        }
        headBytes += 1
        guard headBytes >= 2, headBytes == headLength else { return }
        headBytes = 0
        headLength = 2
        remaining = length
    }

    /// Where the extended length of the present head ends.
    private var extendedEnd = 2

    /// A Close of a server, which masks nothing.
    static func closeFrame(code: UInt16) -> ByteBuffer {
        var frame = ByteBuffer()
        frame.writeInteger(UInt8(0x88))
        frame.writeInteger(UInt8(2))
        frame.writeInteger(code)
        return frame
    }

    /// A Close of a client, which masks all that it says (RFC 6455 §5.3).
    /// - Parameter mask: nobody can foretell it.
    static func closeFrame(code: UInt16, mask: UInt32) -> ByteBuffer {
        var frame = ByteBuffer()
        frame.writeInteger(UInt8(0x88))
        frame.writeInteger(UInt8(0x80 | 2))
        frame.writeInteger(mask)
        frame.writeInteger(code ^ UInt16(mask >> 16))
        return frame
    }
}
