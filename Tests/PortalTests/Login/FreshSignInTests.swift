import HTTPTypes
import HummingbirdTesting
import Storage
import TestSupport
import Testing

@testable import Portal

/// Whoever finds the open screen of somebody who signs in elsewhere, with no password and no second factor here.
@Suite("What a session alone does not open") struct FreshSignInTests {
    private static let doors = [
        ("password/change", #""new_password":"a sentence is a good password""#),
        ("email/change", #""email":"mallory@example.com""#),
        ("second-factor/enrolment", ""),
        ("db-updates-token", ""),
    ]

    /// A code of a second factor that nobody has.
    private static let madeUp = ["", #""code":"123456""#, #""recovery_code":"AAAA-BBBB-CCCC-DDDD""#]

    private static func json(_ members: String...) -> String {
        "{" + members.filter { !$0.isEmpty }.joined(separator: ",") + "}"
    }

    @Test(
        "a sign-in of a while ago opens none of it, whatever code comes along; one of just now does", arguments: doors)
    func refused(_ path: String, _ members: String) async throws {
        let portal = try await TestPortal(extra: ["ENABLE_DB_UPDATES": "true"])
        try await portal.test { client in
            let token = try await client.tokens().accessToken
            try await portal.database.write {
                _ = try await $0.execute("UPDATE users SET password_hash = ''", [])
            }
            portal.clock.advance(LoginService.freshness + 1)
            for code in Self.madeUp where path != "second-factor/enrolment" || code.isEmpty {
                let refused = try await client.post(path, Self.json(members, code), headers: client.bearer(token))
                #expect(refused.status == .forbidden, "\(code): \(refused.text)")
                #expect(refused.text.contains("Sign out, sign in"), "\(code): \(refused.text)")
            }
            let told = try await portal.stores.audit.latest(50).filter { $0.detail.contains("no sign-in of late") }
            #expect(told.count == (path == "second-factor/enrolment" ? 1 : Self.madeUp.count))
            portal.clock.advance(-1)
            let opened = try await client.post(path, Self.json(members), headers: client.bearer(token))
            #expect((200...204).contains(opened.status.code), "\(opened.text)")
        }
    }
}
