import Crypto

/// One-time passwords by HMAC (HOTP, RFC 4226) and by time (TOTP, RFC 6238). SHA-1, six digits and thirty seconds are
/// what every authenticator app takes; SHA-1's collisions are no matter to an HMAC.
enum OneTimePassword {
    static let digits = 6
    /// Seconds.
    static let period: Int64 = 30
    /// Steps before and behind the present one that count: a phone's clock is a little off, and people type slowly
    /// (RFC 6238 §5.2 allows one for the delay).
    static let tolerance: Int64 = 1
    /// Of a new seed: as long as SHA-1's output (RFC 4226 §4, R6).
    static let seedBytes = 20

    /// RFC 4226 §5.3, with leading zeros.
    static func code(seed: [UInt8], counter: UInt64, digits: Int = digits) -> String {
        let message = withUnsafeBytes(of: counter.bigEndian) { Array($0) }
        let mac = Array(
            HMAC<Insecure.SHA1>.authenticationCode(for: message, using: SymmetricKey(data: seed)))
        let offset = Int(mac[mac.count - 1] & 0x0F)
        let truncated = mac[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let number = String(truncated % (0..<digits).reduce(UInt32(1)) { power, _ in power * 10 })
        return String(repeating: "0", count: digits - number.count) + number
    }

    /// RFC 6238 §4.2.
    /// - Parameter now: seconds since the epoch.
    static func step(at now: Int64) -> Int64 { now / period }

    /// - Parameter lastStep: the last one that was used; it and those before it count no more (RFC 6238 §5.2).
    /// - Returns: the step that the code is of; nil for a wrong one. All that could be meant are compared, whole, so that
    ///   the time taken tells nothing.
    static func step(of code: String, seed: [UInt8], after lastStep: Int64, now: Int64) -> Int64? {
        let typed = Array(code.utf8)
        let present = step(at: now)
        var found: Int64?
        for step in present - tolerance...present + tolerance where step >= 0 {
            let isEqual = equals(typed, Array(Self.code(seed: seed, counter: UInt64(step)).utf8))
            if isEqual && step > lastStep { found = found ?? step }
        }
        return found
    }

    private static func equals(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one.count == other.count else { return false }
        return zip(one, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
