package import Logging

/// Log lines of one message that come by the thousand: the same bytes as a `Logger` would write at `info`, made without
/// its dictionaries, gathered and handed over together.
///
/// For JSON alone: a person who reads along wants each line when it comes.
package struct LineBatch {
    private let prefix: [UInt8]
    private let output: LogOutput
    private let clock: @Sendable () -> LogTimestamp
    private var lines: [UInt8] = []
    private var stamp: [UInt8] = []
    private var stamped: Int64 = .min

    /// Bytes after which the lines are handed over without waiting for a `flush()`.
    private static let limit = 32 * 1024

    /// - Parameter logger: of the suite's own, at `info` or below.
    /// - Returns: nil for any other logger, and for text.
    package init?(_ logger: Logger, message: String) {
        guard logger.logLevel <= .info, let handler = logger.handler as? LineLogHandler, handler.sink.style == .json,
            handler.metadata.isEmpty
        else { return nil }
        self.init(handler.sink, message: message)
    }

    init(_ sink: LineLogHandler.Sink, message: String) {
        output = sink.output
        clock = sink.clock
        var prefix: [UInt8] = []
        LogLine.appendMembers(
            level: .info, service: sink.service, instance: sink.instance, message: message, to: &prefix)
        self.prefix = prefix
    }

    /// Begins a line. Its fields come in the order of their names, so that lines are comparable.
    package mutating func begin() {
        let now = clock()
        lines.append(contentsOf: "{\"ts\":\"".utf8)
        if stamped != now.seconds {
            stamped = now.seconds
            stamp.removeAll(keepingCapacity: true)
            now.append(to: &stamp)
            // Milliseconds and the `Z` behind them.
            stamp.removeLast(4)
        }
        lines.append(contentsOf: stamp)
        let milliseconds = UInt8(now.milliseconds / 100), rest = UInt8(now.milliseconds % 100)
        lines.append(UInt8(ascii: "0") + milliseconds)
        lines.append(UInt8(ascii: "0") + rest / 10)
        lines.append(UInt8(ascii: "0") + rest % 10)
        lines.append(UInt8(ascii: "Z"))
        lines.append(contentsOf: prefix)
    }

    /// Text that others may have had a hand in: escaped, and what looks like a token is masked.
    package mutating func field(_ name: StaticString, _ text: String) {
        beginField(name)
        var text = text
        let isWritten = text.withUTF8 { bytes in
            guard LogText.isHarmless(bytes) else { return false }
            lines.append(contentsOf: bytes)
            return true
        }
        if !isWritten { LogText.appendEscaped(Redaction.scrubbed(text), to: &lines) }
        lines.append(UInt8(ascii: "\""))
    }

    package mutating func field(_ name: StaticString, _ number: Int64) {
        beginField(name)
        if number < 0 { lines.append(UInt8(ascii: "-")) }
        appendDecimal(number.magnitude)
        lines.append(UInt8(ascii: "\""))
    }

    /// 128 bits, as 32 hexadecimal digits.
    package mutating func field(_ name: StaticString, _ high: UInt64, _ low: UInt64) {
        beginField(name)
        Hexadecimal.append(high, to: &lines)
        Hexadecimal.append(low, to: &lines)
        lines.append(UInt8(ascii: "\""))
    }

    package mutating func end() {
        lines.append(contentsOf: "}\n".utf8)
        if lines.count >= Self.limit { flush() }
    }

    package mutating func flush() {
        guard !lines.isEmpty else { return }
        output.write(lines)
        lines.removeAll(keepingCapacity: true)
    }

    /// With the quote before the value.
    private mutating func beginField(_ name: StaticString) {
        lines.append(UInt8(ascii: ","))
        lines.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { lines.append(contentsOf: $0) }
        lines.append(UInt8(ascii: "\""))
        lines.append(UInt8(ascii: ":"))
        lines.append(UInt8(ascii: "\""))
    }

    private mutating func appendDecimal(_ number: UInt64) {
        if number >= 10 { appendDecimal(number / 10) }
        lines.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
    }
}
