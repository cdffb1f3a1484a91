/// Randomness as a parameter (STYLE 10): tests hand in their own, `build` the system's.
struct Entropy: Sendable {
    /// That many bytes nobody can predict.
    let bytes: @Sendable (_ count: Int) -> [UInt8]

    /// The operating system's cryptographic generator.
    static let system = Entropy { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// A version 4 UUID (RFC 9562 §5.4) in lowercase.
    func identifier() -> String {
        var bytes = bytes(16)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }
        let parts = [hex[0..<4], hex[4..<6], hex[6..<8], hex[8..<10], hex[10..<16]]
        return parts.map { $0.joined() }.joined(separator: "-")
    }

    /// Between 0 and 1, for jitter.
    func fraction() -> Double {
        let word = bytes(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return Double(word) / Double(UInt32.max)
    }
}
