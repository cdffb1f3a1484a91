/// Where a message's next line ends. Remembers how far it has looked: bytes that arrive one by one are each looked at once.
struct LineReader: Sendable {
    /// Offset of the line that is being read.
    private(set) var start = 0
    private var scanned = 0

    var hasSeenNothing: Bool { scanned == 0 }

    /// - Parameter limit: offset that the line, its CRLF included, must not pass.
    /// - Returns: the offset of the line's CR; nil when more bytes are needed.
    /// - Throws: a bare CR or LF, a control byte, or `overflow` for a line that reaches the limit.
    @inline(__always)
    mutating func end(in bytes: RawSpan, limit: Int, overflow: HeadFault) throws(HeadFault) -> Int? {
        let end = min(bytes.byteCount, limit)
        while let stop = Self.firstControl(in: bytes, from: scanned, to: end) {
            switch bytes.byte(stop) {
            case 0x0D:
                guard stop &+ 1 < end else {
                    scanned = stop
                    guard end < limit else { throw overflow }
                    return nil
                }
                guard bytes.byte(stop &+ 1) == 0x0A else { throw .bareCarriageReturn }
                return stop
            case 0x09: scanned = stop &+ 1
            case 0x0A: throw .bareLineFeed
            default: throw .controlByte
            }
        }
        scanned = end
        guard end < limit else { throw overflow }
        return nil
    }

    /// The line that ended at `end` is done with.
    @inline(__always)
    mutating func advance(past end: Int) {
        start = end &+ 2
        scanned = start
    }

    @inline(__always)
    private static func firstControl(in bytes: RawSpan, from start: Int, to end: Int) -> Int? {
        var offset = start
        while offset &+ 16 <= end {
            let first = bytes.word(offset).controlBytes
            let second = bytes.word(offset &+ 8).controlBytes
            if first | second != 0 {
                return first != 0 ? offset &+ first.firstPlace : offset &+ 8 &+ second.firstPlace
            }
            offset &+= 16
        }
        while offset &+ 8 <= end {
            let found = bytes.word(offset).controlBytes
            if found != 0 { return offset &+ found.firstPlace }
            offset &+= 8
        }
        while offset < end {
            let byte = bytes.byte(offset)
            if byte < 0x20 || byte == 0x7F { return offset }
            offset &+= 1
        }
        return nil
    }
}
