/// Base 32 (RFC 4648 §6) without padding: how authenticator apps take a seed.
enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    static func encode(_ bytes: [UInt8]) -> String { encode(bytes, alphabet: alphabet) }

    /// - Parameter alphabet: 32 ASCII characters.
    static func encode(_ bytes: [UInt8], alphabet: [UInt8]) -> String {
        var text: [UInt8] = []
        var pending = 0
        var bits = 0
        for byte in bytes {
            pending = pending << 8 | Int(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                text.append(alphabet[pending >> bits & 0x1F])
            }
            pending &= (1 << bits) - 1
        }
        if bits > 0 { text.append(alphabet[pending << (5 - bits) & 0x1F]) }
        return String(decoding: text, as: UTF8.self)
    }
}
