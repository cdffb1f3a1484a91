/// The private numbers of an RSA key with two primes (RFC 7518 §6.3.2): big-endian, without leading zeros.
struct RSAPrivateNumbers: Sendable, Equatable {
    let d: SecretBytes
    let p: SecretBytes
    let q: SecretBytes
    /// d mod (p - 1)
    let dp: SecretBytes
    /// d mod (q - 1)
    let dq: SecretBytes
    /// The inverse of q modulo p.
    let qi: SecretBytes

    init(d: SecretBytes, p: SecretBytes, q: SecretBytes, dp: SecretBytes, dq: SecretBytes, qi: SecretBytes) {
        self.d = d
        self.p = p
        self.q = q
        self.dp = dp
        self.dq = dq
        self.qi = qi
    }

    /// From PKCS #1 (RFC 8017 §A.1.2), the only form in which swift-crypto hands them out. Nil for anything but a DER
    /// sequence of a version and eight integers.
    init?(pkcs1 der: [UInt8]) {
        var rest = der[...]
        guard var body = Self.element(0x30, &rest) else { return nil }
        var numbers: [SecretBytes] = []
        while let number = Self.element(0x02, &body) { numbers.append(SecretBytes(Array(number.drop { $0 == 0 }))) }
        // Version, modulus and public exponent stand before them.
        guard numbers.count == 9 else { return nil }
        self.init(d: numbers[3], p: numbers[4], q: numbers[5], dp: numbers[6], dq: numbers[7], qi: numbers[8])
    }

    /// Odd factors of about the size that the modulus wants: nothing that arithmetic would stumble over.
    /// - Parameter bytes: of the modulus.
    func areUsual(forModulusOf bytes: Int) -> Bool {
        [p, q].allSatisfy { factor in
            factor.withUnsafeBytes { digits in
                (bytes / 4...bytes).contains(digits.count) && digits.first != 0
                    && digits.last.map { $0 & 1 == 1 } ?? false
            }
        } && (1...bytes).contains(d.count)
    }

    /// Content of the element that `bytes` begins with, which is taken off.
    private static func element(_ tag: UInt8, _ bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard bytes.popFirst() == tag, let first = bytes.popFirst() else { return nil }
        var length = Int(first)
        if first >= 0x80 {
            let count = Int(first & 0x7F)
            guard (1...3).contains(count), bytes.count >= count else { return nil }
            length = bytes.prefix(count).reduce(0) { $0 << 8 | Int($1) }
            bytes = bytes.dropFirst(count)
        }
        guard bytes.count >= length else { return nil }
        defer { bytes = bytes.dropFirst(length) }
        return bytes.prefix(length)
    }
}
