import Testing

@testable import Portal

@Suite("One-time passwords") struct OneTimePasswordTests {
    /// Of both RFCs' examples.
    static let seed = Array("12345678901234567890".utf8)

    @Test(
        "RFC 4226 appendix D",
        arguments: zip(
            UInt64(0)...9,
            [
                "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
            ]))
    func hotp(_ counter: UInt64, _ code: String) {
        #expect(OneTimePassword.code(seed: Self.seed, counter: counter) == code)
    }

    static let times: [(Int64, String)] = [
        (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
    ]

    @Test("RFC 6238 appendix B, SHA-1", arguments: times)
    func totp(_ now: Int64, _ code: String) {
        let step = OneTimePassword.step(at: now)
        #expect(OneTimePassword.code(seed: Self.seed, counter: UInt64(step), digits: 8) == code)
    }

    @Test(
        "a code counts in its own step, the one before and the one behind it, and in no other",
        arguments: [(-2, false), (-1, true), (0, true), (1, true), (2, false)] as [(Int64, Bool)])
    func window(_ steps: Int64, _ counts: Bool) {
        let now: Int64 = 1_800_000_000
        let code = OneTimePassword.code(seed: Self.seed, counter: UInt64(OneTimePassword.step(at: now) + steps))
        let step = OneTimePassword.step(of: code, seed: Self.seed, after: -1, now: now)
        #expect(step == (counts ? OneTimePassword.step(at: now) + steps : nil))
    }

    @Test("a step that was used, and those before it, open nothing, wherever the clock stands by then")
    func replay() {
        let now: Int64 = 1_800_000_000
        let used = OneTimePassword.step(at: now)
        for (distance, at) in [(0, now), (0, now + 30), (-1, now), (-1, now - 30), (-3, now - 90)] as [(Int64, Int64)] {
            let code = OneTimePassword.code(seed: Self.seed, counter: UInt64(used + distance))
            #expect(OneTimePassword.step(of: code, seed: Self.seed, after: used, now: at) == nil)
        }
        let next = OneTimePassword.code(seed: Self.seed, counter: UInt64(used + 1))
        #expect(OneTimePassword.step(of: next, seed: Self.seed, after: used, now: now) == used + 1)
    }

    @Test(
        "what is no code is wrong, whatever its length",
        arguments: ["", "0", "75522", "7552240", "755 224", "abcdef", "７５５２２４", String(repeating: "7", count: 10_000)])
    func noCode(_ text: String) {
        #expect(OneTimePassword.step(of: text, seed: Self.seed, after: -1, now: 0) == nil)
        #expect(OneTimePassword.step(of: "755224", seed: Self.seed, after: -1, now: 0) == 0)
    }

    @Test(
        "base 32 is RFC 4648's, without padding",
        arguments: [
            ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ])
    func base32(_ plain: String, _ encoded: String) {
        #expect(Base32.encode(Array(plain.utf8)) == encoded)
    }

    @Test("the key URI names issuer and account, escaped, and what authenticators are to do")
    func uri() {
        let seed = EnrolmentSeed(bytes: Self.seed, issuer: "Lockstep platform", account: "ada&x=1@example.com")
        #expect(
            seed.uri == "otpauth://totp/Lockstep%20platform:ada%26x%3D1%40example.com"
                + "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Lockstep%20platform&algorithm=SHA1&digits=6&period=30"
        )
        #expect(!"\(seed)".contains(seed.secret))
        #expect(!String(reflecting: seed).contains(seed.secret))
    }
}
