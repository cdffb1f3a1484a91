/// Names one request in every log and answer that it leads to.
package enum RequestID {
    package static let header = "X-Request-Id"

    /// The client's if it is 8–64 of [A-Za-z0-9._-], else a new one.
    package static func accept(_ candidate: String?) -> String {
        var generator = SystemRandomNumberGenerator()
        return accept(candidate, random: { generator.next() })
    }

    /// - Parameter random: 64 random bits per call.
    package static func accept(_ candidate: String?, random: () -> UInt64) -> String {
        guard let candidate, (8...64).contains(candidate.utf8.count), candidate.utf8.allSatisfy(isAllowed) else {
            return named(random(), random())
        }
        return candidate
    }

    /// 32 hexadecimal digits.
    package static func new() -> String {
        var generator = SystemRandomNumberGenerator()
        return new(using: &generator)
    }

    static func new(using generator: inout some RandomNumberGenerator) -> String {
        named(generator.next(), generator.next())
    }

    private static func named(_ high: UInt64, _ low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 32) { buffer in
            for index in 0..<32 {
                let word = index < 16 ? high : low
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - (index & 15) * 4)) & 0x0F
                buffer[index] = digit < 10 ? 0x30 + digit : 0x57 + digit
            }
            return 32
        }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }
}
