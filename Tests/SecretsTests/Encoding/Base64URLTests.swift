import Secrets
import Testing

@Suite("base64url")
struct Base64URLTests {
    @Test(
        "RFC 4648's examples, without padding",
        arguments: [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ])
    func examples(_ text: String, _ encoded: String) {
        #expect(Base64URL.encode(text.utf8) == encoded)
        #expect(Base64URL.decode(encoded) == Array(text.utf8))
    }

    @Test("every byte and every length comes back")
    func roundTrip() {
        for count in 0..<300 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 83 &+ count) }
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
        }
        let all = (0...255).map { UInt8($0) }
        #expect(Base64URL.decode(Base64URL.encode(all)) == all)
        #expect(Base64URL.encode([0xFB, 0xEF, 0xBE, 0xFF]) == "----_w")
    }

    @Test(
        "other spellings are refused",
        arguments: [
            "Zg==", "Zg=", "Zm8=", "Zh", "Zm9", "Zm-_=", "A", "AAAAA", "Zm9v\n", " Zm9v", "Zm 9v", "Zm9+", "Zm9/",
            "Zm9v.", "Zm9é",
            "Zm9\u{0}", "====", "Zm9vYh",
        ])
    func refused(_ text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test("each character outside the alphabet is refused at each place")
    func alphabet() {
        let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        for byte in UInt8.min...UInt8.max where !allowed.contains(byte) {
            for length in [4, 6, 7] {
                for place in 0..<length {
                    var text = [UInt8](repeating: UInt8(ascii: "A"), count: length)
                    text[place] = byte
                    #expect(Base64URL.decode(text) == nil)
                }
            }
        }
    }

    @Test("each text has one spelling: of all endings exactly those that encoding makes are read")
    func canonical() {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        #expect(alphabet.filter { Base64URL.decode([UInt8(ascii: "A"), $0]) != nil }.count == 4)
        #expect(alphabet.filter { Base64URL.decode([UInt8(ascii: "A"), UInt8(ascii: "A"), $0]) != nil }.count == 16)
    }
}
