import Crypto
import Secrets

/// What opens an account once when the phone is gone: 80 random bits, written so that people can copy them from paper.
struct RecoveryCode: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// How many there are of one account.
    static let count = 10
    private static let byteCount = 10
    /// Crockford's: without I, L, O and U, which are misread.
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// 16 characters.
    private let characters: String

    init(entropy: Entropy) {
        characters = Base32.encode(entropy.bytes(Self.byteCount), alphabet: Self.alphabet)
    }

    /// As people type it: in any case, with spaces or dashes anywhere, O for 0, I or L for 1. Nil for what can't be one.
    init?(typed text: String) {
        guard text.utf8.count <= 100 else { return nil }
        var characters: [UInt8] = []
        for byte in text.uppercased().utf8 {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "-"): continue
            case UInt8(ascii: "O"): characters.append(UInt8(ascii: "0"))
            case UInt8(ascii: "I"), UInt8(ascii: "L"): characters.append(UInt8(ascii: "1"))
            case _ where Self.alphabet.contains(byte): characters.append(byte)
            default: return nil
            }
        }
        guard characters.count == Self.byteCount * 8 / 5 else { return nil }
        self.characters = String(decoding: characters, as: UTF8.self)
    }

    /// Four groups of four.
    var text: String {
        stride(from: 0, to: characters.count, by: 4)
            .map { String(characters.dropFirst($0).prefix(4)) }.joined(separator: "-")
    }

    /// What is stored: an HMAC that only this portal can make, and of this account alone. 80 bits could be guessed with
    /// much effort by whoever has a bare hash.
    func hash(of userID: String, key: SymmetricKey) -> String {
        Base64URL.encode(HMAC<SHA256>.authenticationCode(for: Array("\(userID)\n\(characters)".utf8), using: key))
    }

    var description: String { "<recovery code>" }
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
