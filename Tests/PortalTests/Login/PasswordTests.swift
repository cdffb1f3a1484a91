import NIOPosix
import Secrets
import Testing

@testable import Portal

@Suite struct Argon2Tests {
    private static let cheap = Argon2.Parameters(memory: 8, passes: 1, lanes: 1)
    private let salt = [UInt8](repeating: 7, count: Argon2.saltBytes)

    @Test("a hash is a PHC string that names its parameters and verifies the password alone")
    func roundTrip() throws {
        let encoded = try Argon2.hash(SecretBytes(utf8: "right"), salt: salt, parameters: Self.cheap)
        #expect(encoded.hasPrefix("$argon2id$v=19$m=8,t=1,p=1$"))
        #expect(Argon2.parameters(of: encoded) == Self.cheap)
        #expect(try Argon2.verify(SecretBytes(utf8: "right"), against: encoded))
        #expect(try !Argon2.verify(SecretBytes(utf8: "wrong"), against: encoded))
        #expect(try !Argon2.verify(SecretBytes(utf8: ""), against: encoded))
    }

    /// From the test suite of phc-winner-argon2 (version 0x13, Argon2id): t = 2, m = 2^16, p = 1.
    @Test("it agrees with the reference implementation's published vector")
    func vector() throws {
        let encoded = try Argon2.hash(
            SecretBytes(utf8: "password"), salt: Array("somesalt".utf8),
            parameters: Argon2.Parameters(memory: 65_536, passes: 2, lanes: 1))
        #expect(encoded.hasSuffix("$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"))
    }

    @Test("a password may hold a NUL byte; nothing is cut off there")
    func nul() throws {
        let encoded = try Argon2.hash(SecretBytes(utf8: "ab\0right"), salt: salt, parameters: Self.cheap)
        #expect(try !Argon2.verify(SecretBytes(utf8: "ab\0wrong"), against: encoded))
        #expect(try !Argon2.verify(SecretBytes(utf8: "ab"), against: encoded))
    }

    @Test(
        "a stored string that is no Argon2id hash, or asks for too much, is an error and no match",
        arguments: [
            "", "plain", "$argon2i$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
            "$argon2id$v=16$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA", "$argon2id$v=19$m=8,t=1$AAAA$AAAA",
            "$argon2id$v=19$m=4294967295,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=8,t=4294967295,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$",
        ])
    func malformed(encoded: String) {
        #expect(throws: Argon2.Failure.self) { try Argon2.verify(SecretBytes(utf8: "x"), against: encoded) }
    }
}

@Suite struct PasswordHasherTests {
    private func hasher(threads: Int = 2, queue: Int = 4) throws -> PasswordHasher {
        try PasswordHasher(
            parameters: Argon2.Parameters(memory: 8, passes: 1, lanes: 1), pool: .singleton, threads: threads,
            queue: queue, entropy: .system)
    }

    @Test("an unknown account fails whatever was typed")
    func unknown() async throws {
        let hasher = try hasher()
        let matches = try await hasher.withSlot { try await $0.verify(Password("anything at all"), against: nil) }
        #expect(!matches)
    }

    @Test("when every place is taken the next is turned away at once, and let in when one is free")
    func bounded() async throws {
        let hasher = try hasher(threads: 1, queue: 1)
        let isTurnedAway = try await hasher.withSlot { _ in
            try await hasher.withSlot { _ in
                do {
                    return try await hasher.withSlot { _ in false }
                } catch is PasswordHasher.Busy {
                    return true
                }
            }
        }
        #expect(isTurnedAway)
        #expect(try await hasher.withSlot { _ in true })
    }

    @Test("a hash with other parameters is outdated")
    func outdated() async throws {
        let hasher = try hasher()
        let old = try Argon2.hash(
            SecretBytes(utf8: "x"), salt: [UInt8](repeating: 1, count: 16),
            parameters: Argon2.Parameters(memory: 16, passes: 1, lanes: 1))
        try await hasher.withSlot { slot in
            #expect(slot.isOutdated(old))
            #expect(slot.isOutdated("not a hash"))
            let fresh = try await slot.hash(Password("x"))
            #expect(!slot.isOutdated(fresh))
        }
    }

    @Test("two hashes of one password differ")
    func salted() async throws {
        let hasher = try hasher()
        let hashes = try await hasher.withSlot { slot in
            [try await slot.hash(Password("same")), try await slot.hash(Password("same"))]
        }
        #expect(hashes[0] != hashes[1])
    }
}

@Suite struct PasswordPolicyTests {
    private func violation(_ password: String, email: String = "ada.lovelace@example.com")
        -> PasswordPolicy.Violation?
    {
        do {
            try PasswordPolicy.check(Password(password), for: EmailAddress(email))
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "what may not be a password",
        arguments: [
            ("short", PasswordPolicy.Violation.tooShort), ("elevenchars", .tooShort), ("", .tooShort),
            (String(repeating: "long ", count: 60), .tooLong), (String(repeating: "👩‍👩‍👧‍👦é", count: 100), .tooLong),
            ("ada.lovelace@example.com", .equalsEmail), ("ADA.Lovelace@Example.com", .equalsEmail),
            ("ada.lovelace", .equalsEmail), ("password1234", .common), ("Password1234", .common),
            ("aaaaaaaaaaaa", .common), ("123123123123", .common), ("abcdabcdabcdab", .common),
        ])
    func refused(password: String, expected: PasswordPolicy.Violation) {
        #expect(violation(password) == expected)
    }

    @Test("what may", arguments: ["correct mule dynamo stapler", "twelve chars", "パスワードは十二文字以上です", "  spaces count  "])
    func accepted(password: String) {
        #expect(violation(password) == nil)
    }

    @Test("one that is far too long is not normalised, and nothing of it is kept", .timeLimit(.minutes(10)))
    func endlessMarks() {
        // A megabyte of these took minutes.
        let password = Password("a" + String(repeating: "\u{301}\u{323}", count: 250_000))
        #expect(password.isTooLong)
        #expect(password.secret.count == 0)
        #expect(throws: PasswordPolicy.Violation.tooLong) { try PasswordPolicy.check(password, for: nil) }
        // The longest that is allowed may be typed decomposed.
        #expect(!Password(String(repeating: "e\u{301}", count: 512)).isTooLong)
        #expect(Password(String(repeating: "e\u{301}", count: 513)).isTooLong)
    }

    @Test("the same password typed on two keyboards is the same password")
    func normalised() {
        #expect(Password("caf\u{E9} au lait").secret == Password("cafe\u{301} au lait").secret)
    }

    @Test("printing a password shows nothing of it")
    func printsNothing() {
        let password = Password("correct mule dynamo")
        var dumped = ""
        dump(LoginRoutes.LoginBody(email: "a@b", password: password), to: &dumped)
        for text in ["\(password)", String(reflecting: password), dumped] { #expect(!text.contains("mule")) }
    }

    @Test("every refusal says what to do", arguments: PasswordPolicy.Violation.allCases)
    func advice(violation: PasswordPolicy.Violation) {
        #expect(!violation.advice.isEmpty)
    }
}

@Suite struct EmailAddressTests {
    @Test(
        "one mailbox has one spelling",
        arguments: [
            ("Ada@Example.COM", "ada@example.com"), (" ada@example.com ", "ada@example.com"),
            ("admin@localhost", "admin@localhost"), ("o'hara+tag@a-b.example", "o'hara+tag@a-b.example"),
        ])
    func folds(typed: String, folded: String) {
        #expect(EmailAddress(typed)?.text == folded)
    }

    @Test(
        "what is no address here",
        arguments: [
            "", "@", "a@", "@b", "a@b@c", "a b@c", "a@b..c", "a@.b", "a@b.", "a@-b", "a@b-", ".a@b", "a.@b", "a..b@c",
            "a@b\n", "a\0@b", "<a@b>", "\"a\"@b", "a@[1.2.3.4]", "ädä@example.com", "ada@exämple.com",
            "аda@example.com",
            "a@b c", String(repeating: "a", count: 65) + "@b", "a@" + String(repeating: "b.", count: 130) + "c",
        ])
    func refuses(typed: String) {
        #expect(EmailAddress(typed) == nil)
    }
}
