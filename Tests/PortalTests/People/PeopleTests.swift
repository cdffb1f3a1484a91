import Contracts
import HTTPTypes
import HummingbirdTesting
import Storage
import TestSupport
import Testing

@testable import Portal

@Suite("Accounts and their administrators") struct PeopleTests {
    private static let password = "a perfectly good password"

    /// Invites and accepts.
    private func person(
        _ portal: TestPortal, _ client: Client, _ name: String, _ roles: String, by token: String
    ) async throws -> UserDocument {
        let invited = try await client.post(
            "invitations", #"{"email":"\#(name)@example.com","roles":\#(roles)}"#, headers: client.bearer(token))
        #expect(invited.status == .created, "\(invited.text)")
        let accepted = try await client.post(
            "invitations/accept",
            #"{"token":"\#(try await portal.mailedToken())","name":"\#(name)","password":"\#(Self.password)"}"#)
        #expect(accepted.status == .created, "\(accepted.text)")
        return try accepted.json(RegistrationAnswer.self).user
    }

    private struct RegistrationAnswer: Decodable { var user: UserDocument }

    private func tokens(_ client: Client, _ name: String) async throws -> TokensDocument {
        try await client.tokens("\(name)@example.com", Self.password)
    }

    private func patch(
        _ client: Client, _ id: String, _ json: String, as token: String
    ) async throws -> TestResponse {
        var headers = client.bearer(token)
        headers[.contentType] = "application/json"
        return try await client.send(.patch, "\(Client.auth)users/\(id)", headers: headers, body: json)
    }

    private func act(
        _ client: Client, _ id: String, _ word: String, version: Int64 = 0, as token: String
    ) async throws -> TestResponse {
        try await client.post("users/\(id)/\(word)", #"{"version":\#(version)}"#, headers: client.bearer(token))
    }

    @Test("who is invited chooses a name and a password, and has the roles of the invitation, no others")
    func invited() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let root = try await client.tokens().accessToken
            let ada = try await person(portal, client, "ada", #"["helpdesk_agent","viewer"]"#, by: root)
            #expect(ada.roles == ["helpdesk_agent", "viewer"])
            #expect(try await tokens(client, "ada").user.roles == ["helpdesk_agent", "viewer"])
            let again = try await client.post(
                "invitations", #"{"email":"ada@example.com","roles":["viewer"]}"#, headers: client.bearer(root))
            #expect(again.code == "conflict")
            let list: Page<InvitationDocument> = try await client.get("invitations", as: root).json()
            #expect(list.data.map(\.status) == ["accepted"])
        }
        #expect(try await portal.audited(.invited) == 1)
        #expect(try await portal.audited(.invitationAccepted) == 1)
    }

    @Test(
        "a link of an invitation works once, not after it is revoked, not after three days, and not once its inviter is gone"
    )
    func invitationLinks() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let root = try await client.tokens().accessToken
            func invite(_ name: String, by token: String) async throws -> (InvitationDocument, String) {
                let answer = try await client.post(
                    "invitations", #"{"email":"\#(name)@example.com","roles":["viewer"]}"#,
                    headers: client.bearer(token))
                return (try answer.json(), try await portal.mailedToken())
            }
            func accept(_ token: String) async throws -> HTTPResponse.Status {
                try await client.post(
                    "invitations/accept", #"{"token":"\#(token)","name":"Eve","password":"\#(Self.password)"}"#
                ).status
            }
            let (revoked, revokedToken) = try await invite("a", by: root)
            let path = "\(Client.auth)invitations/\(revoked.id)"
            #expect(try await client.send(.delete, path, headers: client.bearer(root)).status == .noContent)
            #expect(try await client.send(.delete, path, headers: client.bearer(root)).status == .conflict)
            #expect(try await accept(revokedToken) == .unprocessableContent)
            let (_, once) = try await invite("b", by: root)
            #expect(try await accept(once) == .created)
            #expect(try await accept(once) == .unprocessableContent)
            let boss = try await person(portal, client, "boss", #"["admin"]"#, by: root)
            let (_, orphan) = try await invite("c", by: try await tokens(client, "boss").accessToken)
            #expect(try await act(client, boss.id, "disable", as: root).status == .ok)
            #expect(try await accept(orphan) == .unprocessableContent)
            let (_, late) = try await invite("d", by: root)
            portal.clock.advance(3 * 86_400)
            #expect(try await accept(late) == .unprocessableContent)
        }
    }

    @Test("roles that change are told to verifiers, and are in the next token; before and after are in the audit")
    func roles() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let root = try await client.tokens().accessToken
            let ada = try await person(portal, client, "ada", #"["viewer"]"#, by: root)
            let before = try await tokens(client, "ada")
            let answer = try await patch(client, ada.id, #"{"roles":["admin"],"version":0}"#, as: root)
            #expect(answer.status == .ok)
            #expect(try answer.json(PersonDocument.self).version == 1)
            let audited = try await portal.stores.audit.latest(10).filter { $0.kind == .rolesChanged }
            #expect(audited.map(\.detail) == ["viewer → admin"])
            let renewed: TokensDocument = try await client.refresh(before.refreshToken).json()
            #expect(renewed.user.roles == ["admin"])
            let told = try await portal.database.read { try await $0.query("SELECT payload FROM revocations", []) }
            #expect(try told.last?.text("payload").contains("token-claims-change") == true)
        }
    }

    @Test("two administrators at once do not undo each other: the one who looked earlier is told")
    func versions() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let root = try await client.tokens().accessToken
            let ada = try await person(portal, client, "ada", #"["viewer"]"#, by: root)
            #expect(try await patch(client, ada.id, #"{"roles":["operator"],"version":0}"#, as: root).status == .ok)
            let late = try await patch(client, ada.id, #"{"roles":["admin"],"version":0}"#, as: root)
            #expect(late.code == "conflict")
            #expect(try await act(client, ada.id, "disable", version: 0, as: root).code == "conflict")
            let person: PersonDocument = try await client.get("users/\(ada.id)", as: root).json()
            #expect(person.roles == ["operator"])
        }
    }

    @Test("nobody rises: an administrator makes no super_admin of anybody, by no way, and each attempt is remembered")
    func escalation() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let root = try await client.tokens()
            let eve = try await person(portal, client, "eve", #"["admin"]"#, by: root.accessToken)
            let ada = try await person(portal, client, "ada", #"["viewer"]"#, by: root.accessToken)
            let token = try await tokens(client, "eve").accessToken
            for (id, roles) in [(eve.id, "super_admin"), (ada.id, "super_admin"), (root.user.id, "viewer")] {
                let answer = try await patch(client, id, #"{"roles":["\#(roles)"],"version":0}"#, as: token)
                #expect(answer.status == .forbidden, "\(id)")
            }
            let invited = try await client.post(
                "invitations", #"{"email":"x@example.com","roles":["super_admin"]}"#, headers: client.bearer(token))
            #expect(invited.status == .forbidden)
            for word in ["disable", "end-sessions", "send-reset", "unlock"] {
                #expect(try await act(client, root.user.id, word, as: token).status == .forbidden, "\(word)")
            }
            let viewer = try await tokens(client, "ada").accessToken
            for path in ["users", "users/\(eve.id)", "invitations"] {
                #expect(try await client.get(path, as: viewer).status == .forbidden, "\(path)")
            }
            #expect(try await act(client, eve.id, "unlock", as: viewer).status == .forbidden)
            #expect(try await portal.delivered().isEmpty)
        }
        #expect(try await portal.audited(.peopleRefused) == 8)
    }

    @Test("somebody is left who may do everything, even where two take each other's roles at once")
    func lastSuperAdmin() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let root = try await client.tokens()
            let ada = try await person(portal, client, "ada", #"["super_admin"]"#, by: root.accessToken)
            let other = try await tokens(client, "ada").accessToken
            let statuses = try await withThrowingTaskGroup(of: HTTPResponse.Status.self) { group in
                group.addTask {
                    try await patch(client, ada.id, #"{"roles":["viewer"],"version":0}"#, as: root.accessToken).status
                }
                group.addTask {
                    try await patch(client, root.user.id, #"{"roles":["viewer"],"version":0}"#, as: other).status
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == .ok } == 1)
            let left = try await portal.database.read { try await PeopleRows.count(role: Role.superAdmin, $0) }
            #expect(left == 1)
            #expect(
                try await patch(client, root.user.id, #"{"roles":["viewer"],"version":0}"#, as: root.accessToken).status
                    == .forbidden)
        }
    }

    @Test("a disabled account is out at once, and comes back when it is enabled")
    func disable() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let root = try await client.tokens().accessToken
            let ada = try await person(portal, client, "ada", #"["viewer"]"#, by: root)
            let token = try await tokens(client, "ada")
            #expect(try await act(client, ada.id, "disable", as: root).status == .ok)
            #expect(try await client.get("me", as: token.accessToken).status == .unauthorized)
            #expect(try await client.refresh(token.refreshToken).status == .unauthorized)
            #expect(try await client.login("ada@example.com", Self.password).status == .unauthorized)
            #expect(try await act(client, ada.id, "enable", version: 1, as: root).status == .ok)
            #expect(try await client.login("ada@example.com", Self.password).status == .ok)
        }
    }

    @Test("helpdesk brings people back in: unlocks, ends sessions, sends a link, and does nothing else")
    func helpdesk() async throws {
        let portal = try await TestPortal(extra: ["LOGIN_LOCKOUT_FAILURES": "2"])
        try await portal.test { client in
            let root = try await client.tokens().accessToken
            _ = try await person(portal, client, "help", #"["helpdesk_agent"]"#, by: root)
            let ada = try await person(portal, client, "ada", #"["viewer"]"#, by: root)
            let help = try await tokens(client, "help").accessToken
            let session = try await tokens(client, "ada")
            for _ in 0..<3 { _ = try await client.login("ada@example.com", "not this password") }
            #expect(try await client.login("ada@example.com", Self.password).code == "rate_limited")
            #expect(try await act(client, ada.id, "unlock", as: help).status == .ok)
            #expect(try await client.login("ada@example.com", Self.password).status == .ok)
            #expect(try await act(client, ada.id, "end-sessions", as: help).status == .ok)
            #expect(try await client.get("me", as: session.accessToken).status == .unauthorized)
            #expect(try await act(client, ada.id, "send-reset", as: help).status == .ok)
            #expect(try await portal.delivered().map(\.to.email.text) == ["ada@example.com"])
            for word in ["disable", "enable"] {
                #expect(try await act(client, ada.id, word, as: help).status == .forbidden)
            }
            #expect(try await patch(client, ada.id, #"{"name":"Eve","version":0}"#, as: help).status == .forbidden)
            let list: Page<PersonDocument> = try await client.get("users?search=AD", as: help).json()
            #expect(list.data.map(\.email) == ["ada@example.com", "admin@example.com"])
        }
    }

    @Test(
        "a search is text: nothing in it is a pattern or a statement", arguments: ["%", "_", "!", "'", "\\", "a%25b"])
    func search(_ text: String) async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let root = try await client.tokens().accessToken
            let escaped = text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            let list: Page<PersonDocument> = try await client.get("users?search=\(escaped)", as: root).json()
            #expect(list.total == 0)
        }
    }

    @Test("a customer's administrators see and invite their own customer's people alone")
    func customers() async throws {
        let portal = try await TestPortal(.customer)
        try await portal.test { client in
            for name in ["ada", "bob"] { _ = try await client.register("\(name)@example.com", name: name) }
            let ada = try await client.tokens("ada@example.com", TestPortal.customerPassword)
            let bob = try await client.tokens("bob@example.com", TestPortal.customerPassword)
            let cleo = try await person(portal, client, "cleo", #"["customer_admin"]"#, by: ada.accessToken)
            #expect(cleo.customerID == ada.user.customerID)
            let token = try await tokens(client, "cleo").accessToken
            let list: Page<PersonDocument> = try await client.get("users", as: token).json()
            #expect(list.data.map(\.email) == ["ada@example.com", "cleo@example.com"])
            // Another customer's people are as unknown as ones that never were.
            for id in [bob.user.id, "no-such-user"] {
                #expect(try await client.get("users/\(id)", as: token).code == "not_found")
                for word in ["disable", "send-reset", "end-sessions"] {
                    #expect(try await act(client, id, word, as: token).code == "not_found")
                }
            }
            // Who registered the customer stays.
            #expect(try await act(client, ada.user.id, "disable", as: token).status == .forbidden)
            // That an address is another customer's is not told.
            _ = try await portal.delivered()
            let taken = try await client.post(
                "invitations", #"{"email":"bob@example.com","roles":["customer_user"]}"#,
                headers: client.bearer(token))
            #expect(taken.status == .created)
            #expect(try await portal.delivered().map(\.subject) == ["You have an account already"])
            let dan = try await person(portal, client, "dan", #"["customer_user"]"#, by: token)
            let user = try await tokens(client, "dan").accessToken
            #expect(try await client.get("users", as: user).status == .forbidden)
            #expect(dan.customerID == ada.user.customerID)
        }
    }
}
