package import NIOCore

/// Reads the heads of an upstream's responses, as strictly as ``RequestHeadParser`` reads requests and in the same way.
///
/// An interim head (1xx) is answered like any other: the caller passes it on or drops it, and resets the parser for the
/// next. A fault means that the response can't be trusted: answer 502 and close that connection.
package struct ResponseHeadParser: Sendable {
    /// Whole only after ``parse(_:toHEAD:)`` answered true.
    package private(set) var head = ResponseHead()
    private let names: FieldNameTable
    private let limits: HeadLimits
    private var lines = LineReader()
    private var phase = Phase.statusLine

    private enum Phase: Sendable {
        case statusLine, fields, complete
        case failed(HeadFault)
    }

    package init(names: FieldNameTable, limits: HeadLimits = HeadLimits()) {
        self.names = names
        self.limits = limits
    }

    /// - Parameter toHEAD: whether the request was a HEAD, whose response has no body (RFC 9112 §6.3).
    /// - Returns: whether ``head`` is whole; false when more bytes are needed.
    package mutating func parse(_ buffer: borrowing ByteBuffer, toHEAD: Bool) throws(HeadFault) -> Bool {
        try parse(buffer.readableBytesSpan, toHEAD: toHEAD)
    }

    package mutating func parse(_ bytes: RawSpan, toHEAD: Bool) throws(HeadFault) -> Bool {
        do throws(HeadFault) {
            return try run(bytes, toHEAD: toHEAD)
        } catch {
            phase = .failed(error)
            throw error
        }
    }

    /// For the next head, whose first byte will be the first of the bytes then given. Storage is kept.
    package mutating func reset() {
        head.fields.removeAll()
        lines = LineReader()
        phase = .statusLine
    }

    @inline(__always)
    private mutating func run(_ bytes: RawSpan, toHEAD: Bool) throws(HeadFault) -> Bool {
        switch phase {
        case .statusLine, .fields: break
        case .complete: return true
        case .failed(let fault): throw fault
        }
        while let end = try lines.end(in: bytes, limit: limits.headBytes, overflow: .headTooLarge) {
            let start = lines.start
            lines.advance(past: end)
            if case .statusLine = phase {
                try StatusLine.parse(from: start, to: end, in: bytes, into: &head)
                phase = .fields
            } else if end == start {
                try finish(bytes, toHEAD: toHEAD)
                head.length = end &+ 2
                phase = .complete
                return true
            } else {
                try head.fields.append(from: start, to: end, in: bytes, names: names, limit: limits.fields)
            }
        }
        return false
    }

    private mutating func finish(_ bytes: RawSpan, toHEAD: Bool) throws(HeadFault) {
        head.framing = try framing(toHEAD: toHEAD)
        head.keepAlive =
            head.framing != .untilClose && head.fields.connection.keepsAlive(minorVersion: head.minorVersion)
        head.hasUpgrade = head.fields.connection.upgrade && head.fields.contains(.upgrade)
        if head.status < 200 { try checkInterim() }
        head.fields.markNamedFields(in: bytes)
    }

    private func checkInterim() throws(HeadFault) {
        guard head.minorVersion >= 1 else { throw .interimInOldVersion }
        if head.status == 101 {
            guard head.hasUpgrade else { throw .switchWithoutUpgrade }
        } else {
            guard head.keepAlive else { throw .interimThatCloses }
        }
    }

    /// RFC 9112 §6.3, rules 1 to 8. What is ambiguous is refused even where no body can follow.
    private func framing(toHEAD: Bool) throws(HeadFault) -> BodyFraming {
        let isChunked = head.fields.contains(.transferEncoding)
        guard !isChunked || head.fields.contentLength == nil else { throw .lengthAndEncoding }
        guard !isChunked || head.minorVersion >= 1 else { throw .encodingInOldVersion }
        if toHEAD || head.status < 200 || head.status == 204 || head.status == 304 { return .none }
        if isChunked { return .chunked }
        guard let length = head.fields.contentLength else { return .untilClose }
        return .length(length)
    }
}
