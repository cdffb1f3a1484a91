import Contracts
import HTTPTypes
import HummingbirdTesting
import Storage
import TestSupport
import Testing

@testable import Portal

@Suite("Addresses of who registers") struct VerificationTests {
    private func portal() async throws -> TestPortal {
        try await TestPortal(.customer, extra: ["REGISTER_VERIFY_EMAIL": "true"])
    }

    private func verify(
        _ client: Client, _ token: String, _ password: String = TestPortal.customerPassword
    ) async throws -> TestResponse {
        try await client.post("email/verify", #"{"token":"\#(token)","password":"\#(password)"}"#)
    }

    private func plantMessages(_ portal: TestPortal) async throws -> Int64 {
        try await portal.stores.outbox.backlog().pending
    }

    @Test("who registers follows the link; before that nobody signs in, and the plant hears of nobody")
    func whole() async throws {
        let portal = try await portal()
        try await portal.test { client in
            let answer = try await client.register("Ada@example.com", name: "Ada")
            #expect(answer.status == .accepted)
            #expect(!answer.text.contains("ada"))
            let mail = try #require(try await portal.delivered().first)
            #expect(mail.to.email.text == "ada@example.com")
            #expect(mail.text.hasPrefix("Hello Ada,"))
            let token = try #require(mail.link?.split(separator: "=").last.map(String.init))
            #expect(mail.link == "http://127.0.0.1:8080/verify?token=\(token)")

            let early = try await client.login("ada@example.com", TestPortal.customerPassword)
            #expect(early.status == .forbidden)
            #expect(try await plantMessages(portal) == 0)

            #expect(try await verify(client, token).status == .ok)
            #expect(try await plantMessages(portal) == 1)
            let tokens = try await client.tokens("ada@example.com", TestPortal.customerPassword)
            #expect(tokens.user.roles == ["customer"])
        }
        #expect(try await portal.audited(.emailVerified) == 1)
        #expect(try await portal.audited(.mailSent) == 1)
    }

    @Test("a taken address is answered like a free one, and nothing is changed; its owner gets a mail that says so")
    func taken() async throws {
        let portal = try await portal()
        try await portal.test { client in
            let free = try await client.register("ada@example.com")
            _ = try await verify(client, portal.mailedToken())
            let taken = try await client.register("ada@example.com", "another fine password", name: "Eve")
            #expect(taken.status == free.status)
            #expect(taken.text == free.text)
            let mails = try await portal.delivered()
            #expect(mails.map(\.subject) == ["You have an account already"])
            #expect(mails.first?.link == nil)
            #expect(mails.first?.text.contains("Eve") == false)
            let tokens = try await client.tokens("ada@example.com", TestPortal.customerPassword)
            #expect(tokens.user.name == "Ada")
            #expect(try await client.login("ada@example.com", "another fine password").status == .unauthorized)
        }
        #expect(try await plantMessages(portal) == 1)
    }

    @Test("wrong passwords of an account that waits are answered as any, and only the right one brings a new link")
    func unverifiedLogin() async throws {
        let portal = try await portal()
        try await portal.test { client in
            _ = try await client.register("ada@example.com")
            let first = try await portal.mailedToken()
            let wrong = try await client.login("ada@example.com", "not this password")
            let unknown = try await client.login("bob@example.com", "not this password")
            #expect(wrong.status == unknown.status)
            #expect(wrong.code == unknown.code)
            #expect(try await portal.delivered().isEmpty)
            let right = try await client.login("ada@example.com", TestPortal.customerPassword)
            #expect(right.code == "forbidden")
            let second = try await portal.mailedToken()
            #expect(second != first)
            #expect(try await verify(client, second).status == .ok)
            #expect(try await verify(client, first).status == .unprocessableContent)
        }
    }

    @Test("a stranger who registers somebody's address before or after them gets nothing by their click on the link")
    func hijack() async throws {
        let portal = try await portal()
        try await portal.test { client in
            // Eve first: Ada's registration takes the place of hers.
            _ = try await client.register("ada@example.com", "eve knows this one", name: "Eve")
            let eves = try await portal.mailedToken()
            _ = try await client.register("ada@example.com", name: "Ada")
            let adas = try await portal.mailedToken()
            #expect(try await verify(client, eves, "eve knows this one").status == .unprocessableContent)
            // Eve again, after Ada: the link that Ada follows asks for the password, and Ada does not know Eve's.
            _ = try await client.register("ada@example.com", "eve knows this one", name: "Eve")
            let newest = try await portal.mailedToken()
            #expect(try await verify(client, adas).status == .unprocessableContent)
            #expect(try await verify(client, newest).code == "invalid_credentials")
            #expect(try await client.login("ada@example.com", "eve knows this one").status == .forbidden)
            // A new password is Ada's way out: its link is mailed to her alone, and opens the account.
            _ = try await portal.delivered()
            _ = try await client.post("password/forgot", #"{"email":"ada@example.com"}"#)
            let reset = try await portal.mailedToken()
            let answer = try await client.post(
                "password/reset", #"{"token":"\#(reset)","password":"\#(TestPortal.customerPassword)"}"#)
            #expect(answer.status == .noContent)
            #expect(try await client.login("ada@example.com", TestPortal.customerPassword).status == .ok)
            #expect(try await client.login("ada@example.com", "eve knows this one").status == .unauthorized)
        }
        #expect(try await plantMessages(portal) == 1)
    }

    @Test("nobody's mailbox is flooded: an address gets five letters an hour, and the answers stay the same")
    func flood() async throws {
        let portal = try await portal()
        try await portal.test { client in
            for _ in 0..<9 { #expect(try await client.register("ada@example.com").status == .accepted) }
            #expect(try await portal.delivered().count <= 5)
            portal.clock.advance(3601)
            _ = try await client.register("ada@example.com")
            #expect(try await portal.delivered().count == 1)
        }
    }

    @Test("a link is good for a day; who never follows it is forgotten after a week")
    func expiry() async throws {
        let portal = try await portal()
        try await portal.test { client in
            _ = try await client.register("ada@example.com")
            let token = try await portal.mailedToken()
            portal.clock.advance(86_400)
            #expect(try await verify(client, token).status == .unprocessableContent)
            portal.clock.advance(7 * 86_400)
            try await portal.stores.housekeeping.sweep(
                .init(auditRetention: 86_400 * 365, auditMaximumEvents: 1000), now: portal.clock.now)
            #expect(try await portal.stores.registration.hasUsers() == false)
        }
    }

    @Test("without a way to send mails nobody registers, and is told why")
    func noMail() async throws {
        let portal = try await TestPortal(.customer, extra: ["REGISTER_VERIFY_EMAIL": "true"], sendsMail: false)
        try await portal.test { client in
            let answer = try await client.register("ada@example.com")
            #expect(answer.status == .serviceUnavailable)
            #expect(answer.text.contains("MAIL_URL"))
            #expect(
                try await client.post("password/forgot", #"{"email":"a@example.com"}"#).status == .serviceUnavailable)
        }
    }
}
