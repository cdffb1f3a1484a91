import HTTPTypes
import HummingbirdTesting
import Storage
import TestSupport
import Testing

@testable import Portal

@Suite("Passwords that are set anew") struct PasswordLinkTests {
    private static let new = "a much better password"

    private func forgot(_ client: Client, _ email: String = TestPortal.adminEmail) async throws -> TestResponse {
        try await client.post("password/forgot", #"{"email":"\#(email)"}"#)
    }

    private func reset(_ client: Client, _ token: String, _ password: String = new) async throws -> TestResponse {
        try await client.post("password/reset", #"{"token":"\#(token)","password":"\#(password)"}"#)
    }

    @Test("a link sets a new password once; every session ends, verifiers are told, and so is the owner")
    func whole() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let session = try await client.tokens()
            #expect(try await forgot(client).status == .accepted)
            let token = try await portal.mailedToken()
            #expect(try await reset(client, token).status == .noContent)
            #expect(try await client.get("me", as: session.accessToken).status == .unauthorized)
            #expect(try await client.refresh(session.refreshToken).status == .unauthorized)
            #expect(try await client.login().status == .unauthorized)
            #expect(try await client.login(TestPortal.adminEmail, Self.new).status == .ok)
            #expect(try await portal.delivered().map(\.subject) == ["Your password was changed"])
            #expect(try await reset(client, token, "one more good password").status == .unprocessableContent)
        }
        #expect(try await portal.audited(.passwordReset) == 1)
        let told = try await portal.database.read { try await $0.query("SELECT payload FROM revocations", []) }
        #expect(told.count == 1)
    }

    @Test("for an unknown address everything is the same but the mail: answer, rows, audit, work")
    func enumeration() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let known = try await forgot(client)
            let unknown = try await forgot(client, "nobody@example.com")
            #expect(known.status == unknown.status)
            #expect(known.text == unknown.text)
            #expect(known.headers[.contentLength] == unknown.headers[.contentLength])
            let waiting = try await portal.stores.mails.backlog()
            #expect(waiting.pending == 2)
            #expect(try await portal.audited(.passwordResetAsked) == 2)
            let mails = try await portal.delivered()
            #expect(mails.map(\.to.email.text) == [TestPortal.adminEmail])
            #expect(try await portal.stores.mails.backlog().pending == 0)
        }
    }

    static let bad = [
        "", "lsl_", "lsl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "lsr_" + String(repeating: "A", count: 43),
        "' OR 1=1 --",
    ]

    @Test("what is no link of ours opens nothing", arguments: bad)
    func unknownLinks(_ token: String) async throws {
        try await TestPortal().test { client in
            let answer = try await reset(client, token)
            #expect(answer.status == .unprocessableContent)
            #expect(answer.code == "invalid_input")
        }
    }

    @Test("a link is good for an hour, and for what it was mailed for alone")
    func purposeAndTime() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            _ = try await forgot(client)
            let token = try await portal.mailedToken()
            for (path, body) in [
                ("email/verify", #"{"token":"\#(token)","password":"\#(TestPortal.adminPassword)"}"#),
                ("email/confirm", #"{"token":"\#(token)"}"#),
                ("invitations/accept", #"{"token":"\#(token)","name":"Eve","password":"\#(Self.new)"}"#),
            ] {
                #expect(try await client.post(path, body).status == .unprocessableContent, "\(path)")
            }
            portal.clock.advance(3600)
            #expect(try await reset(client, token).status == .unprocessableContent)
            _ = try await forgot(client)
            #expect(try await reset(client, try await portal.mailedToken()).status == .noContent)
        }
    }

    @Test("of ten that come with one link at once, one sets the password")
    func race() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            _ = try await forgot(client)
            let token = try await portal.mailedToken()
            let done = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<10 {
                    group.addTask { try await reset(client, token, "good password \(number)").status == .noContent }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(done == 1)
        }
    }

    @Test("a bad password does not use the link up, and a disabled account gets none")
    func badPassword() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            _ = try await forgot(client)
            let token = try await portal.mailedToken()
            for password in ["short", "password1234", TestPortal.adminEmail] {
                #expect(try await reset(client, token, password).status == .unprocessableContent)
            }
            #expect(try await reset(client, token).status == .noContent)
            _ = try await portal.delivered()
            try await portal.database.write { try await $0.execute("UPDATE users SET disabled_at = 1", []) }
            #expect(try await forgot(client).status == .accepted)
            #expect(try await portal.delivered().isEmpty)
        }
    }

    @Test("the secret of a link is nowhere in the database, nor in a log")
    func atRest() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            _ = try await forgot(client)
            let before = try await portal.database.read {
                try await $0.query("SELECT payload FROM mail_outbox", [])
            }.map { try $0.text("payload") }
            let token = try await portal.mailedToken()
            let hashes = try await portal.database.read {
                try await $0.query("SELECT token_hash FROM account_links", [])
            }.map { try $0.text("token_hash") }
            #expect(before.count == 1)
            for kept in before + hashes { #expect(!kept.contains(token.dropFirst(4))) }
            #expect(!before[0].contains("admin"))
            let after = try await portal.database.read {
                try await $0.query("SELECT payload FROM mail_outbox", [])
            }.map { try $0.text("payload") }
            #expect(after == [""])
        }
        #expect(!portal.log.text.contains("lsl_"))
    }

    @Test("who is signed in changes the password with the old one; the other sessions end, this one stays")
    func change() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let here = try await client.tokens()
            let there = try await client.tokens()
            func change(_ old: String, _ new: String) async throws -> TestResponse {
                try await client.post(
                    "password/change", #"{"old_password":"\#(old)","new_password":"\#(new)"}"#,
                    headers: client.bearer(here.accessToken))
            }
            #expect(try await change("not this password", Self.new).code == "invalid_credentials")
            #expect(try await change(TestPortal.adminPassword, "short").status == .unprocessableContent)
            #expect(
                try await change(TestPortal.adminPassword, TestPortal.adminPassword).status == .unprocessableContent)
            #expect(try await change(TestPortal.adminPassword, Self.new).status == .noContent)
            #expect(try await client.get("me", as: here.accessToken).status == .ok)
            #expect(try await client.get("me", as: there.accessToken).status == .unauthorized)
            #expect(try await client.login().status == .unauthorized)
            #expect(try await client.login(TestPortal.adminEmail, Self.new).status == .ok)
            #expect(try await portal.delivered().map(\.subject) == ["Your password was changed"])
        }
        #expect(try await portal.audited(.passwordChanged) == 1)
        #expect(try await portal.audited(.passwordChangeRefused) == 1)
    }

    @Test("old passwords are no second place to guess: wrong ones lock the account as at the login")
    func guessing() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let tokens = try await client.tokens()
            var codes: [String?] = []
            for number in 0..<7 {
                codes.append(
                    try await client.post(
                        "password/change",
                        #"{"old_password":"guess number \#(number)","new_password":"\#(Self.new)"}"#,
                        headers: client.bearer(tokens.accessToken)
                    ).code)
            }
            #expect(codes.last == "rate_limited")
        }
    }

    @Test("an address is changed by a link to the new one, and told to the old one; links to the old one open nothing")
    func changeAddress() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let tokens = try await client.tokens()
            func ask(_ email: String, _ password: String = TestPortal.adminPassword) async throws -> TestResponse {
                try await client.post(
                    "email/change", #"{"email":"\#(email)","password":"\#(password)"}"#,
                    headers: client.bearer(tokens.accessToken))
            }
            #expect(try await ask("new@example.com", "wrong password").code == "invalid_credentials")
            #expect(try await ask("not an address").status == .unprocessableContent)
            _ = try await forgot(client)
            let old = try await portal.mailedToken()
            #expect(try await ask("new@example.com").status == .accepted)
            let mail = try #require(try await portal.delivered().first)
            #expect(mail.to.email.text == "new@example.com")
            let token = String(try #require(mail.link?.split(separator: "=").last))
            #expect(try await client.login("new@example.com", TestPortal.adminPassword).status == .unauthorized)
            #expect(try await client.post("email/confirm", #"{"token":"\#(token)"}"#).status == .noContent)
            #expect(try await client.login("new@example.com", TestPortal.adminPassword).status == .ok)
            let told = try await portal.delivered()
            #expect(told.map(\.to.email.text) == [TestPortal.adminEmail])
            #expect(told.first?.text.contains("new@example.com") == true)
            #expect(try await reset(client, old).status == .unprocessableContent)
            #expect(try await client.post("email/confirm", #"{"token":"\#(token)"}"#).status == .unprocessableContent)
        }
        #expect(try await portal.audited(.emailChanged) == 1)
    }

    @Test("somebody else's address is asked for like a free one, and not taken")
    func takenAddress() async throws {
        let portal = try await TestPortal(.customer)
        try await portal.test { client in
            for name in ["ada", "bob"] { _ = try await client.register("\(name)@example.com") }
            let tokens = try await client.tokens("ada@example.com", TestPortal.customerPassword)
            var answers: [String] = []
            for email in ["bob@example.com", "free@example.com"] {
                let answer = try await client.post(
                    "email/change", #"{"email":"\#(email)","password":"\#(TestPortal.customerPassword)"}"#,
                    headers: client.bearer(tokens.accessToken))
                answers.append("\(answer.status) \(answer.text)")
            }
            #expect(answers[0] == answers[1])
            let mails = try await portal.delivered()
            #expect(mails.map { $0.link == nil } == [true, false])
        }
    }
}
