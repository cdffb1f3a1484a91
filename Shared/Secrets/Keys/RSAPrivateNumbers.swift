/// The numbers of an RSA private key in PKCS #1 form (RFC 8017 §A.1.2), as a JWK wants them: big-endian, without leading
/// zeros. swift-crypto hands a new key out in no other form.
struct RSAPrivateNumbers {
    let n: [UInt8]
    let e: [UInt8]
    let d: [UInt8]
    let p: [UInt8]
    let q: [UInt8]

    /// Nil for anything but a DER sequence of a version and at least five integers.
    init?(pkcs1 der: [UInt8]) {
        var rest = der[...]
        guard var body = Self.element(0x30, &rest) else { return nil }
        var numbers: [[UInt8]] = []
        while numbers.count < 6, let number = Self.element(0x02, &body) {
            numbers.append(Array(number.drop { $0 == 0 }))
        }
        guard numbers.count == 6 else { return nil }
        (n, e, d, p, q) = (numbers[1], numbers[2], numbers[3], numbers[4], numbers[5])
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
