/// W3C Trace Context, level 1: `traceparent` is passed on with a span of this gateway, or started.
package struct TraceContext: Equatable, Sendable {
    /// 32 lower-case hexadecimal digits, not all zero.
    package let traceID: String
    /// 16 lower-case hexadecimal digits, not all zero: this gateway's span.
    package let spanID: String
    package let isSampled: Bool
    /// Of the client; dropped when its `traceparent` is not continued (§3.3.1.1).
    package let state: String?

    package var header: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

    /// - Parameters:
    ///   - parents: every `traceparent` line received; anything but exactly one valid line starts a new trace.
    ///   - random: 64 random bits per call.
    package init(parents: [String], states: [String], random: () -> UInt64) {
        spanID = Self.hex(Self.nonZero(random))
        if parents.count == 1, let parent = parents.first, let (trace, sampled) = Self.parse(parent) {
            traceID = trace
            isSampled = sampled
            state = states.isEmpty ? nil : states.joined(separator: ",")
        } else {
            traceID = Self.hex(Self.nonZero(random)) + Self.hex(random())
            isSampled = false
            state = nil
        }
    }

    private static func parse(_ text: String) -> (trace: String, sampled: Bool)? {
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
        let flags = UInt8(String(decoding: bytes[53..<55], as: UTF8.self), radix: 16) ?? 0
        return (String(decoding: bytes[3..<35], as: UTF8.self), flags & 1 == 1)
    }

    private static let dash = UInt8(ascii: "-")
    private static let zero = UInt8(ascii: "0")
    private static func isHex(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 || byte >= 0x61 && byte <= 0x66 }

    private static func nonZero(_ random: () -> UInt64) -> UInt64 {
        let value = random()
        return value == 0 ? 1 : value
    }

    private static func hex(_ value: UInt64) -> String {
        String(unsafeUninitializedCapacity: 16) { buffer in
            for index in 0..<16 {
                let nibble = UInt8(truncatingIfNeeded: value >> UInt64(60 - index * 4)) & 0xF
                buffer[index] = nibble < 10 ? 0x30 + nibble : 0x57 + nibble
            }
            return 16
        }
    }
}
