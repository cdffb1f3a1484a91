import Contracts
import Testing

@testable import HTTPKit

@Suite("The set of what is revoked")
struct RevocationSetTests {
    static let at: Int64 = 1_800_000_000

    static func event(
        _ subject: Revocation.Subject, issuer: String = "p", at: Int64 = at, version: Int64? = nil
    ) -> Revocation {
        Revocation(
            id: "e", issuer: issuer, event: .sessionRevoked, subject: subject, occurredAt: at, tokenVersion: version)
    }

    /// A token of user `u`, session `s`, id `j`, of issuer `p`, issued a minute before, unless told otherwise.
    struct Asked: Sendable {
        var sid: String? = "s"
        var jti: String? = "j"
        var sub = "u"
        var iat: Int64 = at - 60
        var iss = "p"
        var version: Int64?
        var customer: String?
        var now: Int64 = at + 1
    }

    static func isRevoked(_ set: RevocationSet, _ asked: Asked) -> Bool {
        set.isRevoked(
            sessionID: asked.sid, tokenID: asked.jti, subject: asked.sub, issuedAt: asked.iat, issuer: asked.iss,
            now: asked.now, tokenVersion: asked.version, customerID: asked.customer)
    }

    @Test(
        "who is hit and who is not",
        arguments: [
            (event(.session(id: "s", user: "u")), Asked(), true),
            (event(.session(id: "s", user: "u")), Asked(sid: "t"), false),
            (event(.session(id: "s", user: "u")), Asked(sid: nil), false),
            // A session is over for whatever was issued for it, later clocks included.
            (event(.session(id: "s", user: "u")), Asked(iat: at + 30), true),
            (event(.session(id: "s", user: "u")), Asked(iss: "q"), false),
            (event(.token(id: "j")), Asked(), true),
            (event(.token(id: "j")), Asked(jti: "k"), false),
            (event(.token(id: "j")), Asked(jti: nil), false),
            (event(.token(id: "s")), Asked(), false),
            (event(.user("u")), Asked(), true),
            (event(.user("u")), Asked(iat: at), true),
            (event(.user("u")), Asked(iat: at + 1), false),
            (event(.user("u")), Asked(sub: "v"), false),
            (event(.user("u")), Asked(iss: "q"), false),
            // With a version: precise, within the same second and across clocks.
            (event(.user("u"), version: 5), Asked(iat: at, version: 4), true),
            (event(.user("u"), version: 5), Asked(iat: at, version: 5), false),
            (event(.user("u"), version: 5), Asked(iat: at + 30, version: 4), true),
            (event(.user("u"), version: 5), Asked(iat: at), true),
            (event(.customer(id: "c", user: "u"), issuer: "plant"), Asked(customer: "c"), true),
            (event(.customer(id: "c", user: "u"), issuer: "plant"), Asked(iss: "q", customer: "c"), true),
            (event(.customer(id: "c", user: "u"), issuer: "plant"), Asked(customer: "d"), false),
            (event(.customer(id: "c", user: "u"), issuer: "plant"), Asked(), true),
            (event(.customer(id: "c", user: nil), issuer: "plant"), Asked(), false),
            (event(.customer(id: "c", user: nil), issuer: "plant"), Asked(iat: at + 1, customer: "c"), false),
        ])
    func hits(_ revocation: Revocation, _ asked: Asked, _ expected: Bool) {
        var set = RevocationSet()
        #expect(!Self.isRevoked(set, asked))
        set.insert(revocation, expiresAt: Self.at + 900)
        #expect(Self.isRevoked(set, asked) == expected)
    }

    @Test("a role change does not undo a disabled account, in whichever order they come", arguments: [true, false])
    func merges(_ disabledFirst: Bool) {
        var set = RevocationSet()
        let disabled = Self.event(.user("u"), at: Self.at)
        let changed = Self.event(.user("u"), at: Self.at - 10, version: 5)
        for event in disabledFirst ? [disabled, changed] : [changed, disabled] {
            set.insert(event, expiresAt: Self.at + 900)
        }
        #expect(Self.isRevoked(set, Asked(iat: Self.at, version: 9)))
        #expect(Self.isRevoked(set, Asked(iat: Self.at + 1, version: 4)))
        #expect(!Self.isRevoked(set, Asked(iat: Self.at + 1, version: 5)))
        #expect(set.count == 1)
    }

    @Test("an entry ends with its time, swept or not; the same again changes nothing")
    func expiry() {
        var set = RevocationSet()
        for subject: Revocation.Subject in [.session(id: "s", user: "u"), .token(id: "j"), .user("u")] {
            set.insert(Self.event(subject), expiresAt: Self.at + 10)
            set.insert(Self.event(subject), expiresAt: Self.at + 10)
        }
        set.insert(Self.event(.customer(id: "c", user: "u")), expiresAt: Self.at + 10)
        #expect(set.count == 5)
        #expect(Self.isRevoked(set, Asked(now: Self.at + 9)))
        #expect(!Self.isRevoked(set, Asked(now: Self.at + 10)))
        set.sweep(now: Self.at + 9)
        #expect(set.count == 5)
        set.sweep(now: Self.at + 10)
        #expect(set.count == 0)
        #expect(set.isEmpty)
    }

    @Test("when it is full, nothing that was revoked is let through, and its size is bounded")
    func overflow() {
        var set = RevocationSet(capacity: 100)
        for number in 0..<1000 {
            let at = Self.at + Int64(number)
            set.insert(Self.event(.session(id: "s\(number)", user: "u"), at: at), expiresAt: at + 86_400)
            #expect(set.count <= 100)
        }
        for number in 0..<1000 {
            let asked = Asked(sid: "s\(number)", iat: Self.at + Int64(number) - 1, now: Self.at + 1000)
            #expect(Self.isRevoked(set, asked), "session \(number)")
        }
        // What it costs: others' tokens that are as old as what was folded. Younger ones, and other issuers', pass.
        #expect(Self.isRevoked(set, Asked(sid: "other", iat: Self.at, now: Self.at + 1000)))
        #expect(!Self.isRevoked(set, Asked(sid: "other", iat: Self.at + 990, now: Self.at + 1000)))
        #expect(!Self.isRevoked(set, Asked(sid: "other", iat: Self.at, iss: "q", now: Self.at + 1000)))
        // And it ends when the last that was folded would have.
        set.sweep(now: Self.at + 1000 + 86_400)
        #expect(set.isEmpty)
    }

    @Test("customers overflow on their own: users without a customer are not refused for them")
    func customerOverflow() {
        var set = RevocationSet(capacity: 100)
        for number in 0..<500 {
            set.insert(
                Self.event(.customer(id: "c\(number)", user: nil), issuer: "plant", at: Self.at + Int64(number)),
                expiresAt: Self.at + 86_400)
        }
        #expect(set.count <= 100)
        for number in 0..<500 {
            let asked = Asked(iat: Self.at + Int64(number), customer: "c\(number)", now: Self.at + 500)
            #expect(Self.isRevoked(set, asked))
        }
        #expect(!Self.isRevoked(set, Asked(iat: Self.at, now: Self.at + 500)))
    }

    @Test("a customer's user that was folded is refused still, where the token names no customer")
    func customerUserOverflow() {
        var set = RevocationSet(capacity: 100)
        for number in 0..<500 {
            set.insert(
                Self.event(
                    .customer(id: "c\(number)", user: "u\(number)"), issuer: "plant", at: Self.at + Int64(number)),
                expiresAt: Self.at + 86_400)
        }
        for number in 0..<500 {
            let asked = Asked(sub: "u\(number)", iat: Self.at + Int64(number), now: Self.at + 500)
            #expect(Self.isRevoked(set, asked))
        }
    }
}
