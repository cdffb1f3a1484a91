import Contracts
import Foundation
import HTTPTypes
import HummingbirdTesting
import Storage
import TestSupport
import Testing

@testable import Portal

@Suite struct RegistrationTests {
    private func outbox(_ portal: TestPortal) async throws -> [CustomerRegistration] {
        try await portal.database.read { try await $0.query("SELECT payload FROM outbox ORDER BY position", []) }
            .map { try JSONDecoder().decode(CustomerRegistration.self, from: Data(try $0.text("payload").utf8)) }
    }

    @Test("who registers can log in, is a customer, and waits in the outbox for the plant")
    func register() async throws {
        let portal = try await TestPortal(.customer)
        try await portal.test { client in
            let answer = try await client.register("Ada@Example.com", name: "Ada Lovelace")
            #expect(answer.status == .created)
            let tokens = try await client.tokens("ada@example.com", TestPortal.customerPassword)
            #expect(tokens.user.roles == ["customer"])
            #expect(tokens.user.name == "Ada Lovelace")
            let me: MeDocument = try await client.get("me", as: tokens.accessToken).json()
            #expect(me.token.issuer == "lockstep-customer")
            let messages = try await outbox(portal)
            #expect(messages.count == 1)
            #expect(messages.first?.customerID == tokens.user.customerID)
            #expect(messages.first?.userID == tokens.user.id)
            #expect(messages.first?.email == "ada@example.com")
            #expect(messages.first?.registeredAt == portal.clock.now)
        }
        #expect(try await portal.audited(.registered) == 1)
    }

    @Test("a platform portal registers nobody")
    func platform() async throws {
        try await TestPortal().test { client in
            let answer = try await client.register("ada@example.com")
            #expect(answer.status == .notFound)
            #expect(answer.code == "not_found")
        }
    }

    @Test("one address registers once, in any case, and the loser leaves nothing behind")
    func conflict() async throws {
        let portal = try await TestPortal(.customer)
        try await portal.test { client in
            let answers = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<8 {
                    let email = number % 2 == 0 ? "ada@example.com" : "ADA@example.COM"
                    group.addTask { try await client.register(email).status.code }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0 == 201 } == 1)
            #expect(answers.count { $0 == 409 } == 7)
        }
        #expect(try await outbox(portal).count == 1)
        #expect(try await portal.audited(.registered) == 1)
    }

    @Test(
        "every fault of a form is told at once, and none repeats the password",
        arguments: [
            ("x", "short", "", ["email", "name", "password"]),
            ("ada@example.com", "password1234", "Ada", ["password"]),
            ("ada.lovelace@example.com", "Ada.Lovelace@Example.com", "Ada", ["password"]),
            ("ada@example.com", "copper kettle sunday", "Ada\\u0007", ["name"]),
            ("ada@example.com", "copper kettle sunday", "Ada\\u202Eevil", ["name"]),
            ("ada@example.com", "copper kettle sunday", "   ", ["name"]),
            ("<script>@example.com", "copper kettle sunday", "Ada", ["email"]),
        ])
    func invalid(email: String, password: String, name: String, fields: [String]) async throws {
        let portal = try await TestPortal(.customer)
        try await portal.test { client in
            let answer = try await client.register(email, password, name: name)
            #expect(answer.status == .unprocessableContent)
            #expect(try answer.json(Problem.self).fields?.keys.sorted() == fields)
            #expect(!answer.text.contains(password))
        }
        #expect(try await outbox(portal).isEmpty)
    }

    @Test("nobody registers with a role or a customer of their choice")
    func massAssignment() async throws {
        try await TestPortal(.customer).test { client in
            let answer = try await client.post(
                "register",
                """
                {"email":"eve@example.com","password":"\(TestPortal.customerPassword)","name":"Eve",
                "roles":["super_admin"],"role":"admin","customer_id":"mine","id":"root","disabled_at":null}
                """)
            #expect(answer.status == .created)
            let tokens = try await client.tokens("eve@example.com", TestPortal.customerPassword)
            #expect(tokens.user.roles == ["customer"])
            #expect(tokens.user.customerID != "mine")
            #expect(tokens.user.id != "root")
        }
    }

    @Test("one address gets its number of registrations a minute")
    func limited() async throws {
        let portal = try await TestPortal(.customer, extra: ["REGISTER_ADDRESS_LIMIT_PER_MINUTE": "2"])
        try await portal.test { client in
            for number in 0..<2 { #expect(try await client.register("a\(number)@example.com").status == .created) }
            let limited = try await client.register("a3@example.com")
            #expect(limited.status == .tooManyRequests)
            #expect(limited.headers[.retryAfter] == "30")
        }
    }
}

@Suite struct FirstAdministratorTests {
    @Test("it is made once: other values later change nothing, and a removed one stays removed")
    func once() async throws {
        let first = try await TestPortal()
        let later = [
            "PORTAL_ADMIN_EMAIL": "second@example.com", "PORTAL_ADMIN_PASSWORD": "another good password",
        ]
        let second = try await TestPortal(extra: later, database: first.database)
        try await second.test { client in
            let newcomer = try await client.login("second@example.com", "another good password")
            #expect(newcomer.status == .unauthorized)
            #expect(try await client.login().status == .ok)
        }
        let changed = ["PORTAL_ADMIN_PASSWORD": "another good password"]
        try await TestPortal(extra: changed, database: first.database).test { client in
            let changed = try await client.login(TestPortal.adminEmail, "another good password")
            #expect(changed.status == .unauthorized)
            #expect(try await client.login().status == .ok)
        }
        try await first.database.write { try await $0.execute("DELETE FROM users", []) }
        try await TestPortal(database: first.database).test { client in
            let answer = try await client.login()
            #expect(answer.status == .unauthorized)
        }
        #expect(try await first.audited(.administratorCreated) == 1)
    }

    @Test("without the variables nobody is made, and the log says how")
    func absent() async throws {
        let portal = try await TestPortal(extra: ["PORTAL_ADMIN_EMAIL": "", "PORTAL_ADMIN_PASSWORD": ""])
        #expect(portal.log.text.contains("PORTAL_ADMIN_EMAIL"))
        try await portal.test { client in
            let answer = try await client.login()
            #expect(answer.status == .unauthorized)
        }
    }

    @Test("its password is in no log line")
    func notLogged() async throws {
        let portal = try await TestPortal()
        #expect(portal.log.text.contains("first administrator created"))
        #expect(!portal.log.text.contains(TestPortal.adminPassword))
    }
}
