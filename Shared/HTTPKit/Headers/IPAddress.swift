import Glibc

/// An IPv4 or IPv6 address as 128 bits; IPv4 in its mapped form (RFC 4291 §2.5.5.2), so that a dual-stack socket's
/// `::ffff:10.0.0.1` and `10.0.0.1` are one address.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    let high: UInt64
    let low: UInt64

    /// No zone, no port, no brackets; nil for anything else.
    package init?(_ text: String) {
        var v4 = in_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            high = 0
            low = 0xFFFF_0000_0000 | UInt64(UInt32(bigEndian: v4.s_addr))
            return
        }
        var v6 = in6_addr()
        guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
        (high, low) = withUnsafeBytes(of: v6) { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    package var isV4: Bool { high == 0 && low >> 32 == 0xFFFF }

    /// What limits per client count by: an IPv4 address, or the /64 that an IPv6 client owns at least, as 16 digits.
    package var clientNetwork: String {
        guard !isV4 else { return description }
        let digits = String(high, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    package var description: String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        if isV4 {
            var address = in_addr(s_addr: UInt32(truncatingIfNeeded: low).bigEndian)
            inet_ntop(AF_INET, &address, &buffer, socklen_t(buffer.count))
        } else {
            var address = in6_addr()
            withUnsafeMutableBytes(of: &address) { bytes in
                bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
                bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
            inet_ntop(AF_INET6, &address, &buffer, socklen_t(buffer.count))
        }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// A network in CIDR notation, or one address.
struct IPNetwork: Hashable, Sendable {
    let address: IPAddress
    /// Of the 128-bit form.
    let prefixLength: Int

    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(String(parts[0])) else { return nil }
        let width = address.isV4 && !parts[0].contains(":") ? 32 : 128
        var length = width
        if parts.count == 2 {
            let digits = parts[1]
            guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = Int(digits),
                number <= width
            else { return nil }
            length = number
        }
        self.address = address
        prefixLength = length + (128 - width)
    }

    func contains(_ other: IPAddress) -> Bool {
        let highBits = min(prefixLength, 64)
        let lowBits = prefixLength - highBits
        return Self.agrees(address.high, other.high, bits: highBits)
            && Self.agrees(address.low, other.low, bits: lowBits)
    }

    private static func agrees(_ left: UInt64, _ right: UInt64, bits: Int) -> Bool {
        bits == 0 || (left ^ right) >> UInt64(64 - bits) == 0
    }
}
