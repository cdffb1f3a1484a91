/// Names one request in every log and answer that it leads to.
package enum RequestID {
    package static let header = "X-Request-Id"

    /// The client's if it is 8–64 of [A-Za-z0-9._-], else a new one.
    package static func accept(_ candidate: String?) -> String {
        guard let candidate, (8...64).contains(candidate.utf8.count), candidate.utf8.allSatisfy(isAllowed) else {
            return new()
        }
        return candidate
    }

    /// 32 hexadecimal digits.
    package static func new() -> String {
        var generator = SystemRandomNumberGenerator()
        return new(using: &generator)
    }

    static func new(using generator: inout some RandomNumberGenerator) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        for word in [generator.next(), generator.next()] as [UInt64] {
            for shift in stride(from: 60, through: 0, by: -4) {
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 0x0F
                bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}
