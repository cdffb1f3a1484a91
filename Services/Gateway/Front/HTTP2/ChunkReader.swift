import NIOCore

/// Takes a chunked body apart (RFC 9112 §7.1) into data and trailers, which HTTP/2 has frames for. `HTTP1`'s parser drops
/// trailers where it gives the data alone; this one reads what this gateway itself has written, and has no more patience
/// with anything else.
struct ChunkReader {
    enum Part {
        case data(ByteBuffer)
        /// The end of the body; often without any.
        case trailers([(name: String, value: String)])
    }

    struct Fault: Error {}

    private enum Phase {
        case size
        case data(Int)
        case dataEnd
        case trailers
        case ended
    }

    /// Bytes of a line.
    private static let maximumLine = 16 * 1024
    private static let maximumTrailers = 128

    private var phase = Phase.size
    private var trailers: [(name: String, value: String)] = []

    /// Takes what is of this body from the buffer.
    /// - Returns: nil when more bytes are needed, or behind the end.
    mutating func next(_ bytes: inout ByteBuffer) throws(Fault) -> Part? {
        while true {
            switch phase {
            case .size:
                guard let line = try Self.line(&bytes) else { return nil }
                // Extensions are nobody's here.
                guard let size = Int(line.prefix { $0 != ";" }, radix: 16), size >= 0 else { throw Fault() }
                phase = size == 0 ? .trailers : .data(size)
            case .data(let missing):
                guard let data = bytes.readSlice(length: min(missing, bytes.readableBytes)), data.readableBytes > 0
                else { return nil }
                phase = data.readableBytes == missing ? .dataEnd : .data(missing - data.readableBytes)
                return .data(data)
            case .dataEnd:
                guard let line = try Self.line(&bytes) else { return nil }
                guard line.isEmpty else { throw Fault() }
                phase = .size
            case .trailers:
                guard let line = try Self.line(&bytes) else { return nil }
                guard !line.isEmpty else {
                    phase = .ended
                    return .trailers(trailers)
                }
                guard trailers.count < Self.maximumTrailers, let colon = line.firstIndex(of: ":") else { throw Fault() }
                trailers.append((String(line[..<colon]), Self.trimmed(line[line.index(after: colon)...])))
            case .ended: return nil
            }
        }
    }

    private static func line(_ bytes: inout ByteBuffer) throws(Fault) -> String? {
        guard let lineFeed = bytes.readableBytesView.firstIndex(of: 0x0A) else {
            guard bytes.readableBytes <= maximumLine else { throw Fault() }
            return nil
        }
        let length = lineFeed - bytes.readerIndex
        guard length >= 1, let text = bytes.readString(length: length - 1), bytes.readInteger(as: UInt8.self) == 0x0D
        else { throw Fault() }
        bytes.moveReaderIndex(forwardBy: 1)
        return text
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return String(text)
    }
}
