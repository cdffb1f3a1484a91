import Contracts
import Foundation
import HTTPTypes
import HummingbirdTesting
import Storage
import TestSupport
import Testing

@testable import Portal

@Suite struct LoginTests {
    @Test("the right password brings an access token that opens me, and a session")
    func login() async throws {
        try await TestPortal().test { client in
            let answer = try await client.login()
            #expect(answer.status == .ok)
            #expect(answer.headers[.cacheControl] == "no-store")
            let tokens: TokensDocument = try answer.json()
            #expect(tokens.tokenType == "Bearer")
            #expect(tokens.expiresIn == 900)
            #expect(tokens.user.roles == ["super_admin"])
            #expect(tokens.user.email == TestPortal.adminEmail)
            #expect(answer.text.contains(#""customer_id":null"#))
            let me = try await client.get("me", as: tokens.accessToken)
            #expect(me.status == .ok)
            let document: MeDocument = try me.json()
            #expect(document.user == tokens.user)
            #expect(document.session.id == tokens.sessionID)
            #expect(document.token.issuer == "lockstep-platform")
        }
    }

    @Test("the address is compared without case")
    func caseFolded() async throws {
        try await TestPortal().test { client in
            let answer = try await client.login("ADMIN@Example.com")
            #expect(answer.status == .ok)
        }
    }

    @Test("a wrong password, an unknown account and no address at all get the same answer")
    func enumeration() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            var seen: Set<String> = []
            for email in [TestPortal.adminEmail, "nobody@example.com", "not an address"] {
                let answer = try await client.login(email, "wrong password here")
                #expect(answer.status == .unauthorized)
                var problem: Problem = try answer.json()
                problem.requestID = ""
                let headers = answer.headers.filter { $0.name.canonicalName != "x-request-id" }
                    .map { "\($0.name.canonicalName): \($0.value)" }.sorted()
                seen.insert("\(problem) \(headers)")
            }
            #expect(seen.count == 1)
        }
    }

    @Test("a known and an unknown account are locked after the same number of guesses, for the same time")
    func lockoutIsAlike() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            var transcripts: [[String]] = []
            for email in [TestPortal.adminEmail, "nobody@example.com"] {
                var transcript: [String] = []
                for _ in 0..<7 {
                    let answer = try await client.login(email, "wrong password here")
                    transcript.append(
                        "\(answer.status.code) \(answer.headers[.retryAfter] ?? "-") \(answer.code ?? "")")
                }
                transcripts.append(transcript)
            }
            #expect(transcripts[0] == transcripts[1])
            #expect(transcripts[0].prefix(5).allSatisfy { $0 == "401 - invalid_credentials" })
            #expect(transcripts[0].suffix(2).allSatisfy { $0 == "429 30 rate_limited" })
        }
        #expect(try await portal.audited(.loginLocked) == 2)
    }

    @Test("a locked account refuses the right password too, and opens when its rest is over")
    func lockout() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            for _ in 0..<5 { #expect(try await client.login(TestPortal.adminEmail, "wrong").status == .unauthorized) }
            let locked = try await client.login()
            #expect(locked.status == .tooManyRequests)
            #expect(locked.headers[.retryAfter] == "30")
            portal.clock.advance(30)
            #expect(try await client.login().status == .ok)
            // All is forgiven: five more guesses before the next rest.
            for _ in 0..<5 { #expect(try await client.login(TestPortal.adminEmail, "wrong").status == .unauthorized) }
        }
    }

    @Test("who locks an account from elsewhere does not lock its owner out of the address they sign in from")
    func ownersAddress() async throws {
        let portal = try await TestPortal()
        /// Where all sessions of before seem to come from. The client itself has one address, `unknown`.
        @Sendable func signedIn(from address: String) async throws {
            try await portal.database.write {
                _ = try await $0.execute("UPDATE sessions SET address = ?", [.text(address)])
            }
        }
        try await portal.test { client in
            #expect(try await client.login().status == .ok)
            try await signedIn(from: "203.0.113.9")
            for _ in 0..<5 { #expect(try await client.login(TestPortal.adminEmail, "wrong").status == .unauthorized) }
            #expect(try await client.login().status == .tooManyRequests)

            try await signedIn(from: "unknown")
            #expect(try await client.login().status == .ok)
            // The owner's success forgives nobody else.
            try await signedIn(from: "203.0.113.9")
            #expect(try await client.login().status == .tooManyRequests)

            // Nor may one guess without end at the owner's address.
            try await signedIn(from: "unknown")
            for _ in 0..<5 { #expect(try await client.login(TestPortal.adminEmail, "wrong").status == .unauthorized) }
            #expect(try await client.login().status == .tooManyRequests)
        }
    }

    @Test("parallel guesses are counted before they are checked")
    func parallelGuesses() async throws {
        let portal = try await TestPortal(extra: ["PASSWORD_QUEUE": "100"])
        try await portal.test { client in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for guess in 0..<25 {
                    group.addTask { try await client.login(TestPortal.adminEmail, "guess \(guess)").status.code }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 401 } == 5)
            #expect(statuses.count { $0 == 429 } == 20)
        }
    }

    @Test("failures survive a restart")
    func lockoutSurvives() async throws {
        let first = try await TestPortal()
        try await first.test { client in
            for _ in 0..<5 { _ = try await client.login(TestPortal.adminEmail, "wrong") }
        }
        try await TestPortal(database: first.database, clock: first.clock).test { client in
            let answer = try await client.login()
            #expect(answer.status == .tooManyRequests)
        }
    }

    @Test("one address gets its number of attempts a minute, over all accounts")
    func addressLimit() async throws {
        let portal = try await TestPortal(extra: ["LOGIN_ADDRESS_LIMIT_PER_MINUTE": "3"])
        try await portal.test { client in
            for account in 0..<3 {
                #expect(try await client.login("a\(account)@example.com", "wrong").status == .unauthorized)
            }
            let limited = try await client.login()
            #expect(limited.status == .tooManyRequests)
            #expect(limited.headers[.retryAfter] == "20")
            portal.clock.advance(20)
            #expect(try await client.login().status == .ok)
        }
    }

    @Test("with every hashing place taken a login is turned away with Retry-After, and not counted")
    func busy() async throws {
        let portal = try await TestPortal(extra: ["PASSWORD_THREADS": "1", "PASSWORD_QUEUE": "0"])
        try await portal.test { client in
            try await portal.hasher.withSlot { _ in
                for _ in 0..<10 {
                    let answer = try await client.login()
                    #expect(answer.status == .serviceUnavailable)
                    #expect(answer.headers[.retryAfter] == "1")
                }
            }
            #expect(try await client.login().status == .ok)
        }
    }

    @Test("a disabled account is answered like a wrong password, and its tokens stop renewing")
    func disabled() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let tokens = try await client.tokens()
            try await portal.database.write { try await $0.execute("UPDATE users SET disabled_at = 1", []) }
            #expect(try await client.login().code == "invalid_credentials")
            #expect(try await client.refresh(tokens.refreshToken).code == "session_ended")
            #expect(try await client.get("me", as: tokens.accessToken).code == "session_ended")
        }
    }

    @Test("a hash with outdated parameters is renewed at the next login")
    func rehash() async throws {
        let old = try await TestPortal(extra: ["ARGON2_MEMORY_KIB": "16"])
        let hash: @Sendable () async throws -> String = {
            try await old.database.read {
                try await $0.query("SELECT password_hash FROM users", []).first?.text("password_hash") ?? ""
            }
        }
        #expect(try await hash().contains("m=16,t=1"))
        let new = try await TestPortal(extra: ["ARGON2_MEMORY_KIB": "32"], database: old.database)
        try await new.test { client in
            _ = try await client.login(TestPortal.adminEmail, "wrong")
            #expect(try await hash().contains("m=16,t=1"))
            _ = try await client.tokens()
            #expect(try await hash().contains("m=32,t=1"))
            _ = try await client.tokens()
        }
    }

    @Test(
        "bodies of another shape are refused before any work",
        arguments: [
            (#"{"email":1,"password":"x"}"#, 422), (#"{"email":"a@b","password":["x"]}"#, 422),
            (#"{"email":"a@b","password":{"$ne":null}}"#, 422), (#"{"email":"a@b"}"#, 422),
            (#"{"email":null,"password":"x"}"#, 422), ("[]", 400), ("{", 400), ("", 400), ("null", 400),
        ])
    func typeConfusion(body: String, status: Int) async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let answer = try await client.post("login", body)
            #expect(answer.status.code == status)
            #expect(answer.headers[.contentType] == "application/problem+json")
        }
        #expect(try await portal.audited(.loginFailed) == 0)
    }

    @Test("a body that is too large, too long a password, and another media type are refused")
    func oversize() async throws {
        try await TestPortal().test { client in
            let huge = String(repeating: "x", count: 2_000_000)
            #expect(try await client.login("a@b", huge).status == .contentTooLarge)
            let long = String(repeating: "x", count: 1025)
            let answer = try await client.login("a@b", long)
            #expect(answer.status == .unprocessableContent)
            #expect(!answer.text.contains("xxxx"))
            let form = try await client.post(
                "login", "email=a&password=b", headers: [.contentType: "application/x-www-form-urlencoded"])
            #expect(form.status == .unsupportedMediaType)
        }
    }

    @Test("no password, no token and no hash is in the log, whatever happens")
    func nothingInTheLog() async throws {
        let portal = try await TestPortal()
        let secrets = try await portal.test { client in
            let tokens = try await client.tokens()
            _ = try await client.login(TestPortal.adminEmail, "a wrong but private one")
            _ = try await client.login("my secret typed into the wrong field", "x")
            let renewed: TokensDocument = try await client.refresh(tokens.refreshToken).json()
            portal.clock.advance(11)
            _ = try await client.refresh(tokens.refreshToken)
            return [
                TestPortal.adminPassword, "a wrong but private one", "my secret typed", tokens.refreshToken,
                renewed.refreshToken, tokens.accessToken, "$argon2id$", portal.variables["JWT_SECRET"] ?? "?",
            ]
        }
        let audit = try await portal.stores.audit.latest(100).map { "\($0)" }.joined()
        for secret in secrets {
            #expect(!portal.log.text.contains(secret))
            #expect(!audit.contains(secret))
        }
        #expect(!portal.log.text.isEmpty)
    }

    @Test("logins leave a trail of who, from where and how it ended")
    func audit() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            portal.clock.advance(1)
            _ = try await client.login(TestPortal.adminEmail, "wrong")
            let failed = try await portal.lastAudited
            #expect(failed?.kind == .loginFailed)
            #expect(failed?.subject == TestPortal.adminEmail)
            #expect(failed?.detail == "wrong password")
            portal.clock.advance(1)
            let tokens = try await client.tokens()
            let succeeded = try await portal.lastAudited
            #expect(succeeded?.kind == .loginSucceeded)
            #expect(succeeded?.actor == tokens.user.id)
            #expect(succeeded?.requestID.isEmpty == false)
        }
    }
}
