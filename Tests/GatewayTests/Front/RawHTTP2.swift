import NIOCore
import NIOHPACK
import NIOSSL
import Synchronization

/// An HTTP/2 client that sends exactly the frames that a test wants to send (RFC 9113 §4), over TLS.
final class RawHTTP2: Sendable {
    enum Kind: UInt8 {
        case data = 0, headers, priority, reset, settings, pushPromise, ping, goAway, windowUpdate, continuation
    }

    enum Flag {
        static let endStream: UInt8 = 1
        static let ack: UInt8 = 1
        static let endHeaders: UInt8 = 4
    }

    struct Frame {
        var kind: UInt8
        var flags: UInt8
        var stream: Int
        var payload: [UInt8]
    }

    /// All that came of one stream.
    struct Answer: Equatable {
        var heads: [[String]] = []
        var body: [UInt8] = []
        /// The code of RST_STREAM.
        var reset: UInt32?
        var isEnded = false

        var isOver: Bool { isEnded || reset != nil }
        var status: String? { heads.last { $0.first?.hasPrefix(":status=1") == false }?.first }
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    enum Failure: Error, Equatable {
        /// The code of GOAWAY, where there was one.
        case gone(UInt32?)
    }

    private struct State {
        var answers: [Int: Answer] = [:]
        var decoder = HPACKDecoder(allocator: ByteBufferAllocator())
        var goAways: [(last: Int, code: UInt32)] = []
        var isHoldingBack = false
        /// Bytes that the server takes now, on top of the first 65,535.
        var windows: [Int: Int] = [:]
    }

    let client: RawClient
    private let state = Mutex(State())

    private init(client: RawClient) { self.client = client }

    static let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

    /// - Parameter settings: identifier and value.
    static func connect(
        port: Int, tls: NIOSSLContext, settings: [(UInt16, UInt32)] = [], first: [UInt8] = []
    ) async throws -> RawHTTP2 {
        let http2 = RawHTTP2(client: try await RawClient.connect(port: port, tls: tls, first: first))
        http2.client.post(preface)
        var payload: [UInt8] = []
        for (identifier, value) in settings { payload += bytes(identifier) + bytes(value) }
        http2.post(.settings, 0, 0, payload)
        return http2
    }

    static func bytes(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }
    static func bytes(_ value: UInt32) -> [UInt8] {
        bytes(UInt16(value >> 16)) + bytes(UInt16(truncatingIfNeeded: value))
    }

    // MARK: sending

    static func frame(_ kind: Kind, _ flags: UInt8, _ stream: Int, _ payload: [UInt8]) -> [UInt8] {
        [
            UInt8(payload.count >> 16), UInt8(payload.count >> 8 & 0xFF), UInt8(payload.count & 0xFF), kind.rawValue,
            flags,
        ]
            + bytes(UInt32(stream)) + payload
    }

    func post(_ kind: Kind, _ flags: UInt8, _ stream: Int, _ payload: [UInt8] = []) {
        client.post(bytes: Self.frame(kind, flags, stream, payload))
    }

    /// Literal fields without indexing (RFC 7541 §6.2.2), as they are, however wrong.
    static func block(_ fields: [(String, String)]) -> [UInt8] {
        fields.flatMap { [0] + text($0.0) + text($0.1) }
    }

    private static func text(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard bytes.count >= 127 else { return [UInt8(bytes.count)] + bytes }
        var length: [UInt8] = [127]
        var rest = bytes.count - 127
        while rest >= 128 {
            length.append(UInt8(rest % 128 + 128))
            rest /= 128
        }
        return length + [UInt8(rest)] + bytes
    }

    func headers(_ stream: Int, _ fields: [(String, String)], end: Bool = true) {
        post(.headers, Flag.endHeaders | (end ? Flag.endStream : 0), stream, Self.block(fields))
    }

    func data(_ stream: Int, _ text: String, end: Bool = false) {
        post(.data, end ? Flag.endStream : 0, stream, Array(text.utf8))
    }

    static func fields(
        _ method: String, _ path: String, _ fields: [(String, String)] = [], token: String? = nil
    ) -> [(String, String)] {
        [(":method", method), (":scheme", "https"), (":path", path), (":authority", "gateway.test")]
            + (token.map { [("authorization", "Bearer \($0)")] } ?? []) + fields
    }

    /// No window is given back: the server may send so much and no more.
    func holdBack() { state.withLock { $0.isHoldingBack = true } }

    func giveWindow(_ stream: Int, _ count: Int) { post(.windowUpdate, 0, stream, Self.bytes(UInt32(count))) }

    /// Sends so many bytes and the end of the stream, as fast as the server's windows allow. Of one stream with a body.
    func upload(_ stream: Int, _ size: Int) async throws {
        var sent = 0
        while sent < size {
            let window = state.withLock { min($0.windows[stream] ?? 0, $0.windows[0] ?? 0) } + 65_535 - sent
            let count = min(window, 16_384, size - sent)
            if count > 0 {
                post(.data, 0, stream, [UInt8](repeating: 120, count: count))
                sent += count
            } else {
                try await step()
            }
        }
        post(.data, Flag.endStream, stream)
    }

    // MARK: receiving

    func frame() async throws -> Frame {
        do {
            let head = try await client.bytes(9)
            let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
            let stream = head[5...].reduce(0) { $0 << 8 | Int($1) } & 0x7FFF_FFFF
            return Frame(kind: head[3], flags: head[4], stream: stream, payload: try await client.bytes(length))
        } catch is RawClient.Failure {
            throw Failure.gone(state.withLock { $0.goAways.last?.code })
        }
    }

    /// Takes the next frame, and does what a client does with it.
    @discardableResult
    func step() async throws -> Frame {
        let frame = try await frame()
        switch Kind(rawValue: frame.kind) {
        case .settings where frame.flags & Flag.ack == 0: post(.settings, Flag.ack, 0)
        case .ping where frame.flags & Flag.ack == 0: post(.ping, Flag.ack, 0, frame.payload)
        case .goAway:
            let words = stride(from: 0, to: 8, by: 4).map { Self.word(frame.payload[$0..<($0 + 4)]) }
            state.withLock { $0.goAways.append((Int(words[0]), words[1])) }
        case .headers:
            try state.withLock { state in
                var block = ByteBuffer(bytes: frame.payload)
                let fields = try state.decoder.decodeHeaders(from: &block).map { "\($0.name)=\($0.value)" }
                state.answers[frame.stream, default: Answer()].heads.append(fields)
                if frame.flags & Flag.endStream != 0 { state.answers[frame.stream]?.isEnded = true }
            }
        case .data:
            let gives = state.withLock { state in
                state.answers[frame.stream, default: Answer()].body += frame.payload
                if frame.flags & Flag.endStream != 0 { state.answers[frame.stream]?.isEnded = true }
                return !state.isHoldingBack && !frame.payload.isEmpty
            }
            if gives {
                giveWindow(0, frame.payload.count)
                if frame.flags & Flag.endStream == 0 { giveWindow(frame.stream, frame.payload.count) }
            }
        case .windowUpdate:
            state.withLock { $0.windows[frame.stream, default: 0] += Int(Self.word(frame.payload[...])) }
        case .reset:
            state.withLock { $0.answers[frame.stream, default: Answer()].reset = Self.word(frame.payload[...]) }
        default: break
        }
        return frame
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }

    func seen(_ stream: Int) -> Answer { state.withLock { $0.answers[stream] ?? Answer() } }
    var goAways: [(last: Int, code: UInt32)] { state.withLock { $0.goAways } }

    /// Until that stream is over, one way or the other.
    func answer(_ stream: Int) async throws -> Answer {
        // No copy is held while the next frame is taken, which would copy the body with each.
        while !state.withLock({ $0.answers[stream]?.isOver ?? false }) { try await step() }
        return seen(stream)
    }

    func get(_ stream: Int, _ path: String, token: String? = nil) async throws -> Answer {
        headers(stream, Self.fields("GET", path, token: token))
        return try await answer(stream)
    }

    /// Until the server has closed the connection; with the code of its GOAWAY.
    func end() async -> UInt32? {
        do {
            while true { try await step() }
        } catch Failure.gone(let code) {
            return code
        } catch {
            return nil
        }
    }
}
