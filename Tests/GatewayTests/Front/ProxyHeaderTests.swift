import NIOCore
import Testing

@testable import Gateway

@Suite("PROXY headers, byte by byte")
struct ProxyHeaderTests {
    private static func read(_ bytes: [UInt8]) throws(ProxyHeaderFault) -> ProxyHeader? {
        try ProxyHeader.read(ByteBuffer(bytes: bytes).readableBytesView)
    }

    private static func fault(_ bytes: [UInt8]) -> ProxyHeaderFault? {
        do throws(ProxyHeaderFault) {
            _ = try read(bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "version 1 names the client",
        arguments: [
            ("PROXY TCP4 203.0.113.9 10.0.0.1 56324 443\r\n", ProxyHeader.Source.client("203.0.113.9")),
            ("PROXY TCP6 2001:DB8::1 ::1 0 65535\r\n", .client("2001:db8::1")),
            ("PROXY UNKNOWN\r\n", .unknown), ("PROXY UNKNOWN ff:: what ever 1\r\n", .unknown),
        ])
    func versionOne(_ line: String, _ source: ProxyHeader.Source) throws {
        let bytes = Array(line.utf8)
        let expected = ProxyHeader(source: source, length: bytes.count)
        #expect(try Self.read(bytes + Array("GET / HTTP/1.1\r\n".utf8)) == expected)
        // However it drips.
        for count in 0..<bytes.count { #expect(try Self.read(Array(bytes[..<count])) == nil, "\(count)") }
        #expect(try Self.read(bytes) == expected)
    }

    @Test(
        "a line that is not exactly one of version 1's is refused",
        arguments: [
            ("GET / HTTP/1.1\r\n", ProxyHeaderFault.noHeader), ("PUT / HTTP/1.1\r\n", .noHeader), ("\n", .noHeader),
            ("PROXY\r\n", .noHeader), ("PROXY \r\n", .badLine), ("PROXY TCP4\r\n", .badLine),
            ("PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n", .badLine), ("PROXY tcp4 1.2.3.4 1.2.3.4 1 2\r\n", .badLine),
            ("PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n", .badLine), ("PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n", .badLine),
            ("PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n", .badLine), ("PROXY TCP4 1.2.3.4\r 1.2.3.4 1 2\r\n", .badLine),
            ("PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n", .badAddress), ("PROXY TCP4 01.2.3.4 1.2.3.4 1 2\r\n", .badAddress),
            ("PROXY TCP4 ::1 ::1 1 2\r\n", .badAddress), ("PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n", .badAddress),
            ("PROXY TCP4 1.2.3.4 evil 1 2\r\n", .badAddress), ("PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n", .badPort),
            ("PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n", .badPort), ("PROXY TCP4 1.2.3.4 1.2.3.4 +1 2\r\n", .badPort),
            ("PROXY TCP4 1.2.3.4 1.2.3.4 1 02\r\n", .badPort), ("PROXY TCP4 1.2.3.4 1.2.3.4 1 \r\n", .badPort),
            ("PROXY UNKNOWN " + String(repeating: "x", count: 200), .tooLong),
        ])
    func badLines(_ line: String, _ fault: ProxyHeaderFault) { #expect(Self.fault(Array(line.utf8)) == fault) }

    // MARK: version 2

    static let signature: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A, 0, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A]
    static let inet: [UInt8] = [203, 0, 113, 9, 10, 0, 0, 1, 0xDC, 0x04, 0x01, 0xBB]
    private static let inet6: [UInt8] =
        [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1] + [UInt8](repeating: 0, count: 20)

    static func binary(_ command: UInt8, _ family: UInt8, _ rest: [UInt8], count: Int? = nil) -> [UInt8] {
        let count = count ?? rest.count
        return signature + [command, family, UInt8(count >> 8), UInt8(count & 0xFF)] + rest
    }

    @Test(
        "version 2 names the client, or says that there is none",
        arguments: [
            (binary(0x21, 0x11, inet), ProxyHeader.Source.client("203.0.113.9"), false),
            (binary(0x21, 0x21, inet6), .client("2001:db8::1"), false),
            // Extensions are passed over: NOOP, authority, an empty one.
            (binary(0x21, 0x11, inet + [4, 0, 3, 0, 0, 0, 2, 0, 1, 0x61, 5, 0, 0]), .client("203.0.113.9"), false),
            // The client came to the proxy by TLS, and did not.
            (binary(0x21, 0x11, inet + [0x20, 0, 5, 1, 0, 0, 0, 0]), .client("203.0.113.9"), true),
            (binary(0x21, 0x11, inet + [0x20, 0, 5, 6, 0, 0, 0, 0]), .client("203.0.113.9"), false),
            // LOCAL: whatever the addresses say.
            (binary(0x20, 0x00, []), .proxy, false), (binary(0x20, 0x11, inet), .proxy, false),
            (binary(0x20, 0x11, inet + [0x20, 0, 5, 1, 0, 0, 0, 0]), .proxy, false),
            (binary(0x21, 0x00, []), .unknown, false),
            (binary(0x21, 0x31, [UInt8](repeating: 0x61, count: 216)), .unknown, false),
        ])
    func versionTwo(_ bytes: [UInt8], _ source: ProxyHeader.Source, _ isTLS: Bool) throws {
        let expected = ProxyHeader(source: source, isTLS: isTLS, length: bytes.count)
        #expect(try Self.read(bytes + [0x16, 0x03]) == expected)
        for count in 0..<bytes.count { #expect(try Self.read(Array(bytes[..<count])) == nil, "\(count)") }
    }

    @Test(
        "what version 2 does not allow is refused",
        arguments: [
            (signature.dropLast() + [0x0B], ProxyHeaderFault.noHeader), (binary(0x11, 0x11, inet), .badVersion),
            (binary(0x31, 0x11, inet), .badVersion), (binary(0x22, 0x11, inet), .badCommand),
            (binary(0x21, 0x41, inet), .badFamily), (binary(0x21, 0x12, inet), .badFamily),
            (binary(0x21, 0x13, inet), .badFamily), (binary(0x21, 0x11, inet.dropLast()), .tooShort),
            (binary(0x21, 0x21, inet), .tooShort), (binary(0x21, 0x31, inet), .tooShort),
            (binary(0x21, 0x11, [], count: 4097), .tooLong), (binary(0x21, 0x11, [], count: 65_535), .tooLong),
            (binary(0x21, 0x11, inet + [4]), .badExtension), (binary(0x21, 0x11, inet + [4, 0]), .badExtension),
            (binary(0x21, 0x11, inet + [4, 0, 2, 0]), .badExtension),
            (binary(0x21, 0x11, inet + [0x20, 0, 1, 1]), .badExtension),
            (binary(0x21, 0x11, inet + [3, 0, 2, 0, 0]), .badExtension),
            (binary(0x21, 0x11, inet + [3, 0, 4, 0, 0, 0, 0]), .badChecksum),
        ])
    func badBinaries(_ bytes: [UInt8], _ fault: ProxyHeaderFault) { #expect(Self.fault(bytes) == fault) }

    /// CRC-32C by its table, and not by the code under test.
    private static func sum(_ bytes: [UInt8]) -> UInt32 {
        var table: [UInt32] = []
        for index in UInt32(0)..<256 {
            var entry = index
            for _ in 0..<8 { entry = entry & 1 == 1 ? 0x82F6_3B78 ^ (entry >> 1) : entry >> 1 }
            table.append(entry)
        }
        var sum = UInt32.max
        for byte in bytes { sum = table[Int((sum ^ UInt32(byte)) & 0xFF)] ^ (sum >> 8) }
        return ~sum
    }

    @Test("a checksum is checked, over all that it covers")
    func checksum() throws {
        #expect(Self.sum(Array("123456789".utf8)) == 0xE306_9283)
        var bytes = Self.binary(0x21, 0x11, Self.inet + [3, 0, 4, 0, 0, 0, 0])
        let sum = Self.sum(bytes)
        for place in 0..<4 { bytes[bytes.count - 4 + place] = UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * place)) }
        #expect(try Self.read(bytes)?.source == .client("203.0.113.9"))
        // Not the lengths, which have their own faults, nor the name of the checksum itself.
        for place in 12..<bytes.count where ![14, 15, 28].contains(place) {
            var changed = bytes
            changed[place] ^= 0x80
            #expect(Self.fault(changed) != nil, "byte \(place)")
        }
    }
}
