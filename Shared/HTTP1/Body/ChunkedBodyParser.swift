package import NIOCore

/// Reads a chunked body (RFC 9112 §7.1) and tells which of its bytes to send on.
///
/// A size or trailer line is told of when it is whole and right, so that nobody downstream sees a part of a line that is
/// refused later. Data is told of as it comes. Extensions are always dropped, and trailers that have a mark
/// (``FieldMarks``) too: a managed name must not come in behind the body.
package struct ChunkedBodyParser: Sendable {
    package enum Output: Sendable {
        /// Chunks as they came: the next hop is sent `Transfer-Encoding: chunked`.
        case chunks
        /// The data alone; trailers are dropped.
        case data
    }

    private enum Phase: Sendable {
        case size
        /// The digits are told of; `count` bytes of extensions and the line's CRLF are readable.
        case extensions(count: Int, size: Int)
        case data(remaining: Int)
        case dataEnd
        case trailers
        /// `count` bytes, a line of them, are readable.
        case droppedTrailer(count: Int)
        case ended
        case failed(BodyFault)
    }

    /// Bytes of data that have been announced up to now.
    package private(set) var dataBytes = 0
    private let output: Output
    private let names: FieldNameTable
    private let limits: BodyLimits
    private var phase = Phase.size
    private var line = LineReader()
    private var trailers = FieldSection()
    private var trailerBytes = 0
    private var extensionBytes = 0

    package init(output: Output, names: FieldNameTable, limits: BodyLimits = BodyLimits()) {
        self.output = output
        self.names = names
        self.limits = limits
    }

    package var hasEnded: Bool {
        if case .ended = phase { return true }
        return false
    }

    /// - Parameter buffer: begins where the last run ended.
    /// - Returns: nil when more bytes are needed; else a run of at least one byte, all of it readable now.
    package mutating func next(_ buffer: borrowing ByteBuffer) throws(BodyFault) -> BodyRun? {
        try next(buffer.readableBytesSpan)
    }

    package mutating func next(_ bytes: RawSpan) throws(BodyFault) -> BodyRun? {
        var run = BodyRun()
        do throws(BodyFault) {
            while try step(bytes, &run) {}
        } catch {
            phase = .failed(error)
            // What came before the fault is told of first: what is passed on does not depend on how the bytes arrived.
            if run.skip + run.keep == 0 { throw error }
        }
        return run.skip + run.keep == 0 ? nil : run
    }

    /// - Returns: whether to go on. A run ends where bytes are missing, or where one is to be skipped behind kept ones.
    private mutating func step(_ all: RawSpan, _ run: inout BodyRun) throws(BodyFault) -> Bool {
        let bytes = all.extracting(droppingFirst: run.skip + run.keep)
        switch phase {
        case .size: return try readSize(bytes, &run)
        case .extensions(let count, let size):
            guard run.keep == 0 else { return false }
            run.skip += count
            run.keep += 2
            phase = size == 0 ? .trailers : .data(remaining: size)
            return true
        case .data(let remaining):
            let count = min(remaining, bytes.byteCount)
            run.keep += count
            phase = count == remaining ? .dataEnd : .data(remaining: remaining - count)
            return count == remaining
        case .dataEnd:
            guard isTaking(run) else { return false }
            if bytes.byteCount >= 1, bytes.byte(0) != 0x0D { throw .missingChunkEnd }
            guard bytes.byteCount >= 2 else { return false }
            guard bytes.byte(1) == 0x0A else { throw .missingChunkEnd }
            take(2, &run)
            phase = .size
            return true
        case .trailers: return try readTrailer(bytes, &run)
        case .droppedTrailer(let count):
            guard run.keep == 0 else { return false }
            run.skip += count
            phase = .trailers
            return true
        case .ended: return false
        case .failed(let fault): throw fault
        }
    }

    private mutating func readSize(_ bytes: RawSpan, _ run: inout BodyRun) throws(BodyFault) -> Bool {
        guard isTaking(run) else { return false }
        let limit = 16 + limits.extensionBytes - extensionBytes + 2
        guard let end = try lineEnd(in: bytes, limit: limit, overflow: .extensionsTooLong) else { return false }
        let (size, digits) = try ChunkSizeLine.parse(to: end, in: bytes)
        extensionBytes += end - digits
        guard extensionBytes <= limits.extensionBytes else { throw .extensionsTooLong }
        let (sum, overflow) = dataBytes.addingReportingOverflow(size)
        guard !overflow, sum <= limits.bodyBytes ?? Int.max else { throw .bodyTooLong }
        dataBytes = sum
        line = LineReader()
        if output == .chunks, end > digits {
            run.keep += digits
            phase = .extensions(count: end - digits, size: size)
        } else {
            take(end + 2, &run)
            phase = size == 0 ? .trailers : .data(remaining: size)
        }
        return true
    }

    private mutating func readTrailer(_ bytes: RawSpan, _ run: inout BodyRun) throws(BodyFault) -> Bool {
        guard isTaking(run) else { return false }
        // The empty line at the end is not counted.
        let limit = limits.trailerBytes - trailerBytes + 2
        guard let end = try lineEnd(in: bytes, limit: limit, overflow: .line(.headTooLarge)) else { return false }
        line = LineReader()
        guard end > 0 else {
            take(2, &run)
            phase = .ended
            run.isEnd = true
            return false
        }
        trailerBytes += end + 2
        guard trailerBytes <= limits.trailerBytes else { throw .line(.headTooLarge) }
        let field = try trailer(to: end, in: bytes)
        if field.known.isForbiddenInTrailers { throw .forbiddenTrailer }
        if output == .chunks, !field.marks.isEmpty {
            phase = .droppedTrailer(count: end + 2)
        } else {
            take(end + 2, &run)
        }
        return true
    }

    private mutating func trailer(to end: Int, in bytes: RawSpan) throws(BodyFault) -> Field {
        do throws(HeadFault) {
            try trailers.append(from: 0, to: end, in: bytes, names: names, limit: limits.trailerFields)
        } catch {
            throw .line(error)
        }
        return trailers[trailers.endIndex - 1]
    }

    private mutating func lineEnd(
        in bytes: RawSpan, limit: Int, overflow: BodyFault
    ) throws(BodyFault) -> Int? {
        do throws(HeadFault) {
            return try line.end(in: bytes, limit: limit, overflow: .headTooLarge)
        } catch {
            throw error == .headTooLarge ? overflow : .line(error)
        }
    }

    /// Whether framing can be part of this run: in the data alone it is skipped, and a run skips before it keeps.
    private func isTaking(_ run: BodyRun) -> Bool { output == .chunks || run.keep == 0 }

    private func take(_ count: Int, _ run: inout BodyRun) {
        if output == .chunks { run.keep += count } else { run.skip += count }
    }
}
