/// W3C Trace Context, level 1: `traceparent` is passed on with a span of this gateway, or started.
package struct TraceContext: Equatable, Sendable {
    /// Not all zero.
    package let traceHigh: UInt64
    package let traceLow: UInt64
    /// This gateway's; not zero.
    package let span: UInt64
    package internal(set) var isSampled: Bool
    /// The client's span; 0 where the trace begins here.
    package let parent: UInt64
    /// Of the client; dropped when its `traceparent` is not continued (§3.3.1.1).
    package let state: String?

    package var header: String { header(span: span) }

    /// For another span of this gateway than the one that upstreams get.
    package func header(span: UInt64) -> String {
        var text = HeadBuffer()
        writeParent(span, to: &text)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    /// - Parameters:
    ///   - parents: every `traceparent` line received; anything but exactly one valid line starts a new trace.
    ///   - random: 64 random bits per call.
    package init(parents: [String], states: [String], random: () -> UInt64) {
        span = Self.nonZero(random)
        if parents.count == 1, let parent = parents.first, let (high, low, span, sampled) = Self.parse(parent) {
            traceHigh = high
            traceLow = low
            isSampled = sampled
            self.parent = span
            state = states.isEmpty ? nil : states.joined(separator: ",")
        } else {
            traceHigh = Self.nonZero(random)
            traceLow = random()
            isSampled = false
            parent = 0
            state = nil
        }
    }

    /// Both lines.
    package func write(to output: inout HeadBuffer) {
        output.writeStaticString("traceparent: ")
        writeParent(span, to: &output)
        output.writeStaticString("\r\n")
        if let state { output.writeLine("tracestate", state) }
    }

    private func writeParent(_ span: UInt64, to output: inout HeadBuffer) {
        output.writeStaticString("00-")
        output.writeHexadecimal(traceHigh)
        output.writeHexadecimal(traceLow)
        output.writeStaticString("-")
        output.writeHexadecimal(span)
        output.writeStaticString(isSampled ? "-01" : "-00")
    }

    private static func parse(_ text: String) -> (high: UInt64, low: UInt64, span: UInt64, sampled: Bool)? {
        let bytes = Array(text.utf8)
        // Version 00 has exactly 55 bytes; later versions may only append behind another dash (§3.2.2, §4.3).
        guard bytes.count >= 55, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
            bytes[0..<2].allSatisfy(isHex), bytes[3..<35].allSatisfy(isHex), bytes[36..<52].allSatisfy(isHex),
            bytes[53..<55].allSatisfy(isHex)
        else { return nil }
        let version = bytes[0..<2]
        guard !version.elementsEqual("ff".utf8) else { return nil }
        if version.elementsEqual("00".utf8) {
            guard bytes.count == 55 else { return nil }
        } else {
            guard bytes.count == 55 || bytes[55] == dash else { return nil }
        }
        guard bytes[3..<35].contains(where: { $0 != zero }), bytes[36..<52].contains(where: { $0 != zero })
        else { return nil }
        return (
            number(bytes[3..<19]), number(bytes[19..<35]), number(bytes[36..<52]), number(bytes[53..<55]) & 1 == 1
        )
    }

    private static let dash = UInt8(ascii: "-")
    private static let zero = UInt8(ascii: "0")
    private static func isHex(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 || byte >= 0x61 && byte <= 0x66 }

    static func nonZero(_ random: () -> UInt64) -> UInt64 {
        let value = random()
        return value == 0 ? 1 : value
    }

    /// - Parameter digits: at most 16, checked before.
    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64 {
        digits.reduce(0) { $0 << 4 | UInt64($1 < 0x3A ? $1 - 0x30 : $1 - 0x57) }
    }
}
