package import NIOCore

/// Reads request heads (RFC 9112), one after another, from the bytes that a connection has received.
///
/// The bytes of a head stay where they are until it is whole: call ``parse(_:)`` with the same bytes and what has
/// arrived since. Each byte is looked at once, however slowly the bytes come. When it answers true, ``head`` holds offsets
/// from the buffer's reader index at that time; take what is needed, move the reader index by ``RequestHead/length``, and
/// call ``reset()``.
///
/// obs-text (bytes from 0x80 on) is passed on in field values, which RFC 9110 §5.5 calls opaque, and refused everywhere
/// else. A fault is final: the parser answers it again until it is reset, and the connection has to be closed.
package struct RequestHeadParser: Sendable {
    /// Whole only after ``parse(_:)`` answered true.
    package private(set) var head = RequestHead()
    private let names: FieldNameTable
    private let limits: HeadLimits
    private var lines = LineReader()
    private var phase = Phase.requestLine

    private enum Phase: Sendable {
        case requestLine, fields, complete
        case failed(HeadFault)
    }

    package init(names: FieldNameTable, limits: HeadLimits = HeadLimits()) {
        self.names = names
        self.limits = limits
    }

    /// Whether no byte of a next head has been seen.
    package var isIdle: Bool {
        if case .requestLine = phase { return lines.hasSeenNothing }
        return false
    }

    /// - Returns: whether ``head`` is whole; false when more bytes are needed.
    package mutating func parse(_ buffer: borrowing ByteBuffer) throws(HeadFault) -> Bool {
        try parse(buffer.readableBytesSpan)
    }

    package mutating func parse(_ bytes: RawSpan) throws(HeadFault) -> Bool {
        do throws(HeadFault) {
            return try run(bytes)
        } catch {
            phase = .failed(error)
            throw error
        }
    }

    /// For the next head, whose first byte will be the first of the bytes then given. Storage is kept.
    package mutating func reset() {
        head.fields.removeAll()
        lines = LineReader()
        phase = .requestLine
    }

    @inline(__always)
    private mutating func run(_ bytes: RawSpan) throws(HeadFault) -> Bool {
        switch phase {
        case .requestLine: guard try readRequestLine(bytes) else { return false }
        case .fields: break
        case .complete: return true
        case .failed(let fault): throw fault
        }
        while let end = try lines.end(in: bytes, limit: limits.headBytes, overflow: .headTooLarge) {
            let start = lines.start
            lines.advance(past: end)
            if end == start {
                try finish(bytes)
                head.length = end &+ 2
                phase = .complete
                return true
            }
            try head.fields.append(from: start, to: end, in: bytes, names: names, limit: limits.fields)
        }
        return false
    }

    private mutating func readRequestLine(_ bytes: RawSpan) throws(HeadFault) -> Bool {
        while true {
            let limit = min(limits.headBytes, lines.start + limits.requestLineBytes)
            guard let end = try lines.end(in: bytes, limit: limit, overflow: .targetTooLong) else { return false }
            let start = lines.start
            lines.advance(past: end)
            // RFC 9112 §2.2: one empty line before a request is ignored.
            if end == start, start == 0 { continue }
            try RequestLine.parse(from: start, to: end, in: bytes, limits: limits, into: &head)
            phase = .fields
            return true
        }
    }

    /// What only the whole head tells.
    @inline(__always)
    private mutating func finish(_ bytes: RawSpan) throws(HeadFault) {
        try checkAuthority(bytes)
        head.framing = try requestFraming()
        head.keepAlive = head.fields.connection.keepsAlive(minorVersion: head.minorVersion)
        head.expectsContinue = false
        head.upgrade = .none
        if head.fields.contains(.expect) { try readExpectation(bytes) }
        if head.fields.contains(.upgrade) { readUpgrade(bytes) }
        head.fields.markNamedFields(in: bytes)
    }

    @inline(__always)
    private func checkAuthority(_ bytes: RawSpan) throws(HeadFault) {
        guard let host = head.fields.first(.host) else {
            guard head.minorVersion == 0 else { throw .missingHost }
            return
        }
        guard head.target.form != .absolute || FieldText.same(host.valueRange, head.target.authorityRange, in: bytes)
        else { throw .authorityMismatch }
    }

    @inline(__always)
    private func requestFraming() throws(HeadFault) -> BodyFraming {
        if head.fields.contains(.transferEncoding) {
            guard head.fields.contentLength == nil else { throw .lengthAndEncoding }
            guard head.minorVersion >= 1 else { throw .encodingInOldVersion }
            return .chunked
        }
        guard let length = head.fields.contentLength else { return .none }
        return .length(length)
    }

    /// RFC 9110 §10.1.1. An HTTP/1.0 client's is ignored, and who sends no body waits for nothing.
    private mutating func readExpectation(_ bytes: RawSpan) throws(HeadFault) {
        for field in head.fields where field.known == .expect {
            guard FieldText.equals(field.valueRange, "100-continue", in: bytes) else { throw .unknownExpectation }
        }
        head.expectsContinue = head.minorVersion >= 1 && head.framing != .none && head.framing != .length(0)
    }

    /// RFC 9110 §7.8: HTTP/1.0 has no upgrade. Some see one all the same, and another protocol behind the request: so
    /// nothing is read there.
    private mutating func readUpgrade(_ bytes: RawSpan) {
        guard head.fields.connection.upgrade, let line = head.fields.first(.upgrade) else { return }
        guard head.minorVersion >= 1 else {
            head.keepAlive = false
            return
        }
        let isWebSocket = FieldText.equals(line.valueRange, "websocket", in: bytes)
        head.upgrade = isWebSocket && !head.fields.isRepeated(.upgrade) ? .webSocket : .other
    }
}
