import Contracts
import Foundation
import HTTPKit
import HTTPTypes
import HummingbirdTesting
import Secrets
import Storage
import TestSupport
import Testing
import Tokens

@testable import Portal

@Suite("Service accounts") struct ServiceAccountTests {
    private func create(
        _ client: Client, as token: String, _ body: String = #"{"name":"importer","roles":["viewer"]}"#
    ) async throws -> NewServiceAccountDocument {
        try await client.post("service-accounts", body, headers: client.bearer(token)).json()
    }

    private func token(
        _ client: Client, _ account: String, _ secret: String, _ more: String = ""
    ) async throws -> TestResponse {
        try await client.post(
            "token", "grant_type=client_credentials&client_id=\(account)&client_secret=\(secret)\(more)",
            headers: [.contentType: "application/x-www-form-urlencoded"])
    }

    private func basic(_ client: Client, _ account: String, _ secret: String) async throws -> TestResponse {
        let pair = Data("\(account):\(secret)".utf8).base64EncodedString()
        return try await client.post(
            "token", "grant_type=client_credentials",
            headers: [.contentType: "application/x-www-form-urlencoded", .authorization: "Basic \(pair)"])
    }

    private func fault(_ answer: TestResponse) -> String? {
        (try? answer.json(TokenRoute.ErrorDocument.self))?.error
    }

    private func identity(_ portal: TestPortal, _ token: String) throws -> Identity {
        try TokenVerifier(ring: portal.ring, policy: VerificationPolicy()).verify(token, now: portal.clock.now)
    }

    @Test("a secret brings a short access token that the suite's verifiers take, and nothing that renews it")
    func granted() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let made = try await create(client, as: try await client.tokens().accessToken)
            #expect(made.secret.clientSecret.hasPrefix("lss_"))
            #expect(made.secret.expiresAt == portal.clock.now + 365 * 86_400)
            for answer in [
                try await token(client, made.clientID, made.secret.clientSecret),
                try await basic(client, made.clientID, made.secret.clientSecret),
            ] {
                #expect(answer.status == .ok, "\(answer.text)")
                #expect(answer.headers[.cacheControl] == "no-store")
                #expect(!answer.text.contains("refresh"))
                let document: TokenRoute.Document = try answer.json()
                #expect(document.tokenType == "Bearer")
                #expect(document.expiresIn == 900)
                #expect(document.scope == nil)
                let identity = try identity(portal, document.accessToken)
                #expect(identity.subject == made.clientID)
                #expect(identity.roles == ["viewer"])
                #expect(identity.sessionID == nil)
                #expect(identity.email.isEmpty)
                #expect(identity.scope == nil)
            }
        }
        #expect(try await portal.audited(.serviceTokenIssued) == 2)
        #expect(try await portal.audited(.serviceAccountCreated) == 1)
    }

    @Test("its token is nobody's session: what people do with their accounts stays closed")
    func noSession() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let made = try await create(
                client, as: try await client.tokens().accessToken, #"{"name":"root","roles":["super_admin"]}"#)
            let document: TokenRoute.Document = try await token(
                client, made.clientID, made.secret.clientSecret
            ).json()
            for name in ["me", "sessions", "second-factor", "service-accounts"] {
                #expect(try await client.get(name, as: document.accessToken).code == "session_ended")
            }
        }
    }

    @Test("unknown account, wrong secret, somebody else's secret, no secret, disabled, expired: one answer")
    func sameAnswers() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let admin = try await client.tokens().accessToken
            let one = try await create(client, as: admin)
            let two = try await create(client, as: admin, #"{"name":"other","roles":["viewer"],"secret_days":1}"#)
            let gone = try await create(client, as: admin, #"{"name":"gone","roles":["viewer"]}"#)
            let disabled = try await client.post(
                "service-accounts/\(gone.clientID)/disable", "", headers: client.bearer(admin))
            #expect(disabled.status == .noContent)
            portal.clock.advance(86_400)
            let stranger = OpaqueToken(.serviceSecret, entropy: .system).text
            var seen: Set<String> = []
            for (account, secret) in [
                (Entropy.system.identifier(), stranger), (one.clientID, stranger),
                (one.clientID, two.secret.clientSecret), (two.clientID, two.secret.clientSecret),
                (gone.clientID, gone.secret.clientSecret), (one.clientID, "lss_"), (one.clientID, ""),
                ("x", one.secret.clientSecret),
            ] {
                let answer = try await token(client, account, secret)
                #expect(answer.status == .unauthorized)
                let headers = answer.headers.filter { $0.name.canonicalName != "x-request-id" }
                    .map { "\($0.name.canonicalName): \($0.value)" }.sorted()
                seen.insert("\(answer.text) \(headers)")
            }
            #expect(seen.count == 1, "\(seen)")
            #expect(seen.first?.contains(#""error":"invalid_client""#) == true)
            #expect(try await token(client, one.clientID, one.secret.clientSecret).status == .ok)
        }
    }

    @Test("scopes narrow: what the account has, or part of it, and nothing else")
    func scopes() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let made = try await create(
                client, as: try await client.tokens().accessToken,
                #"{"name":"scoped","roles":["viewer"],"scopes":["farms:read","farms:write"]}"#)
            func scope(_ asked: String?) async throws -> TestResponse {
                try await token(
                    client, made.clientID, made.secret.clientSecret, asked.map { "&scope=\($0)" } ?? "")
            }
            let all: TokenRoute.Document = try await scope(nil).json()
            #expect(all.scope == "farms:read farms:write")
            let part: TokenRoute.Document = try await scope("farms:read+farms:read").json()
            #expect(part.scope == "farms:read")
            #expect(try identity(portal, part.accessToken).scope == "farms:read")
            for asked in ["db_updates", "farms:read+admin", "+"] {
                #expect(fault(try await scope(asked)) == "invalid_scope")
            }
        }
    }

    @Test("two secrets at a time: the new one works beside the old one until that is removed")
    func rotation() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let admin = try await client.tokens().accessToken
            let made = try await create(client, as: admin)
            let path = "service-accounts/\(made.clientID)/secrets"
            portal.clock.advance(1)
            let second: NewServiceSecretDocument = try await client.post(
                path, "{}", headers: client.bearer(admin)
            ).json()
            #expect(try await client.post(path, "{}", headers: client.bearer(admin)).code == "conflict")
            for secret in [made.secret.clientSecret, second.clientSecret] {
                #expect(try await token(client, made.clientID, secret).status == .ok)
            }
            let removed = try await client.send(
                .delete, "\(Client.auth)\(path)/\(made.secret.id)", headers: client.bearer(admin))
            #expect(removed.status == .noContent)
            #expect(fault(try await token(client, made.clientID, made.secret.clientSecret)) == "invalid_client")
            #expect(try await token(client, made.clientID, second.clientSecret).status == .ok)
            let list: Page<ServiceAccountDocument> = try await client.get("service-accounts", as: admin).json()
            #expect(list.data.map(\.secrets.count) == [1])
            #expect(list.data.first?.secrets.first?.lastUsedAt == portal.clock.now)
        }
        #expect(try await portal.audited(.serviceAccountSecretAdded) == 1)
        #expect(try await portal.audited(.serviceAccountSecretRemoved) == 1)
    }

    @Test("disabled or deleted, its tokens are revoked everywhere", arguments: ["disable", "delete"])
    func revoked(_ how: String) async throws {
        let portal = try await TestPortal()
        let feed = RevocationToken(internalToken: SecretBytes(utf8: "internal-token-internal-token-internal"))
        try await portal.test { client in
            let admin = try await client.tokens().accessToken
            let made = try await create(client, as: admin)
            let path = "service-accounts/\(made.clientID)"
            let answer =
                how == "disable"
                ? try await client.post(path + "/disable", "", headers: client.bearer(admin))
                : try await client.send(.delete, Client.auth + path, headers: client.bearer(admin))
            #expect(answer.status == .noContent)
            #expect(fault(try await token(client, made.clientID, made.secret.clientSecret)) == "invalid_client")
            let page: RevocationPage = try await client.send(
                .get, RevocationPage.path, headers: client.bearer("internal-token-internal-token-internal")
            ).json()
            let events = try page.events.map { try feed.verify($0.set, now: portal.clock.now) }
            #expect(events.map(\.event) == [.accountDisabled])
            #expect(events.map(\.subject) == [.user(made.clientID)])
            let again = try await client.post(path + "/disable", "", headers: client.bearer(admin))
            #expect(again.code == "not_found")
        }
    }

    @Test(
        "administrators alone, as the database has their roles now",
        arguments: ["viewer", "operator", "helpdesk_agent"])
    func administratorsAlone(_ role: String) async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let admin = try await client.tokens().accessToken
            let made = try await create(client, as: admin)
            try await portal.database.write {
                _ = try await $0.execute("UPDATE users SET roles = ?", [.text(role)])
            }
            let path = "service-accounts/\(made.clientID)"
            let headers = client.bearer(admin)
            for answer in [
                try await client.get("service-accounts", as: admin),
                try await client.post("service-accounts", #"{"name":"x","roles":["viewer"]}"#, headers: headers),
                try await client.post(path + "/secrets", "{}", headers: headers),
                try await client.post(path + "/disable", "", headers: headers),
                try await client.send(.delete, "\(Client.auth)\(path)/secrets/\(made.secret.id)", headers: headers),
                try await client.send(.delete, Client.auth + path, headers: headers),
            ] {
                #expect(answer.code == "forbidden")
            }
            #expect(try await client.send(.get, Client.auth + "service-accounts").code == "missing_token")
            #expect(try await token(client, made.clientID, made.secret.clientSecret).status == .ok)
        }
    }

    @Test("an admin makes no super_admin, and gets no secret of one")
    func noEscalation() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let token = try await client.tokens().accessToken
            let root = try await create(client, as: token, #"{"name":"root","roles":["super_admin"]}"#)
            try await portal.database.write {
                _ = try await $0.execute("UPDATE users SET roles = 'admin'", [])
            }
            let made = try await client.post(
                "service-accounts", #"{"name":"x","roles":["viewer","super_admin"]}"#, headers: client.bearer(token))
            #expect(made.code == "invalid_input")
            let secret = try await client.post(
                "service-accounts/\(root.clientID)/secrets", "{}", headers: client.bearer(token))
            #expect(secret.code == "forbidden")
        }
    }

    @Test(
        "what can't be a service account is refused, with the field",
        arguments: [
            (#"{"name":"","roles":["viewer"]}"#, "name"), (#"{"name":"a\u202eb","roles":["viewer"]}"#, "name"),
            (#"{"name":" a","roles":["viewer"]}"#, "name"), (#"{"name":"a","roles":[]}"#, "roles"),
            (#"{"name":"a","roles":["customer"]}"#, "roles"), (#"{"name":"a","roles":["viewer","viewer"]}"#, "roles"),
            (#"{"name":"a","roles":["viewer,super_admin"]}"#, "roles"),
            (#"{"name":"a","roles":["diagnostic"]}"#, "roles"),
            (#"{"name":"a","roles":["viewer"],"scopes":["db_updates"]}"#, "scopes"),
            (#"{"name":"a","roles":["viewer"],"scopes":["a b"]}"#, "scopes"),
            (#"{"name":"a","roles":["viewer"],"secret_days":731}"#, "secret_days"),
            (#"{"name":"a","roles":["viewer"],"secret_days":0}"#, "secret_days"),
        ])
    func invalid(_ body: String, _ field: String) async throws {
        try await TestPortal().test { client in
            let answer = try await client.post(
                "service-accounts", body, headers: client.bearer(try await client.tokens().accessToken))
            #expect(answer.code == "invalid_input")
            #expect(try answer.json(Problem.self).fields?.keys.sorted() == [field])
        }
    }

    @Test("a name is taken once; a deleted account's name is free again")
    func names() async throws {
        try await TestPortal().test { client in
            let token = try await client.tokens().accessToken
            let first = try await create(client, as: token)
            let body = #"{"name":"importer","roles":["viewer"]}"#
            #expect(try await client.post("service-accounts", body, headers: client.bearer(token)).code == "conflict")
            _ = try await client.send(
                .delete, "\(Client.auth)service-accounts/\(first.clientID)", headers: client.bearer(token))
            #expect(
                try await client.post("service-accounts", body, headers: client.bearer(token)).status == .created)
        }
    }

    @Test("what is no form, or another grant, is answered in OAuth's words")
    func otherRequests() async throws {
        try await TestPortal().test { client in
            let json = try await client.post("token", #"{"grant_type":"client_credentials"}"#)
            #expect(json.status == .badRequest)
            #expect(fault(json) == "invalid_request")
            let form: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
            let grant = try await client.post("token", "grant_type=password&username=a&password=b", headers: form)
            #expect(fault(grant) == "unsupported_grant_type")
            let none = try await client.post("token", "grant_type=client_credentials", headers: form)
            #expect(none.status == .unauthorized)
            #expect(none.headers[.wwwAuthenticate] == "Basic realm=\"lockstep\"")
            let huge = try await client.post("token", String(repeating: "a", count: 5000), headers: form)
            #expect(fault(huge) == "invalid_request")
        }
    }

    @Test("guesses are limited by address")
    func limited() async throws {
        try await TestPortal(extra: ["LOGIN_ADDRESS_LIMIT_PER_MINUTE": "5"]).test { client in
            let stranger = OpaqueToken(.serviceSecret, entropy: .system).text
            for _ in 0..<5 { _ = try await token(client, Entropy.system.identifier(), stranger) }
            let more = try await token(client, Entropy.system.identifier(), stranger)
            #expect(more.status == .tooManyRequests)
            #expect(more.headers[.retryAfter] != nil)
        }
    }

    @Test("no secret is in the log, the audit trail or the database")
    func nothingLeaks() async throws {
        let portal = try await TestPortal()
        let secret = try await portal.test { client in
            let made = try await create(client, as: try await client.tokens().accessToken)
            _ = try await token(client, made.clientID, made.secret.clientSecret)
            _ = try await token(client, Entropy.system.identifier(), made.secret.clientSecret)
            return made.secret.clientSecret
        }
        let audit = try await portal.stores.audit.latest(100).map { "\($0)" }.joined()
        let rows = try await portal.database.read {
            try await $0.query("SELECT secret_hash FROM service_account_secrets", []).map { "\($0.columns)" }.joined()
        }
        for text in [portal.log.text, audit, rows] { #expect(!text.contains(secret)) }
    }

    @Test("a customer portal has none of it")
    func customerPortal() async throws {
        let answer = try await TestPortal(.customer).test { try await token($0, "x", "y") }
        #expect(answer.status == .notFound)
    }
}
