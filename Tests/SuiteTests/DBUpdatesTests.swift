import Foundation
import Testing

extension SuiteTests {
    /// Real processes: portal, gateway and plant, from the password to the changed row and the two entries that tell it.
    @Suite("DB updates through the whole suite", .serialized, .timeLimit(.minutes(10)))
    struct DBUpdates {
        private static let execute = "/api/v1/admin/db/execute"
        private static let info = "/api/v1/admin/db/connection-info"
        private static let on: [RunningSuite.Service: [String: String?]] = [
            .platformPortal: ["ENABLE_DB_UPDATES": "true"], .plant: ["ENABLE_DB_UPDATES": "true"],
        ]

        @Test("an administrator's password gives a token that changes rows through the gateway, and nothing else does")
        func wholePath() async throws {
            try await RunningSuite.run(changes: Self.on) { suite in
                let session = try await suite.login()
                let made = try await HTTP.post(
                    suite.url(.gateway) + "/api/v1/skills", json: ["name": "Pruning"], token: session.accessToken)
                try #require(made.status == 201, "\(made.text)")
                let token = try await Self.scopedToken(suite, session)
                let update: [String: Any] = [
                    "sql": "UPDATE skills SET level = 3 WHERE name = 'Pruning' RETURNING name, level", "confirm": true,
                ]

                // The right token, past the gateway.
                let direct = try await HTTP.post(suite.url(.plant) + Self.execute, json: update, token: token)
                #expect(direct.status == 403)
                #expect(direct.code == "gateway_required")
                // Through it, with the session's own token.
                let ordinary = try await HTTP.post(
                    suite.url(.gateway) + Self.execute, json: update, token: session.accessToken)
                #expect(ordinary.status == 403)
                #expect(ordinary.code == "insufficient_scope")
                #expect(ordinary.text.contains("/api/v1/auth/db-updates-token"))
                let nobody = try await HTTP.post(suite.url(.gateway) + Self.execute, json: update)
                #expect(nobody.status == 401)

                let done = try await HTTP.post(suite.url(.gateway) + Self.execute, json: update, token: token)
                #expect(done.status == 200, "\(done.text)")
                #expect(done.text.contains(#""rows":[["Pruning",3]],"row_count":1,"rows_changed":1"#), "\(done.text)")
                let away = try await HTTP.post(
                    suite.url(.gateway) + Self.execute, json: ["sql": "DELETE FROM audit_log", "confirm": true],
                    token: token)
                #expect(away.status == 403)
                #expect(away.code == "statement_refused")
                let info = try await HTTP.get(suite.url(.gateway) + Self.info, token: token)
                #expect(info.status == 200)
                #expect(info.json["ready"] as? Bool == true, "\(info.text)")
                #expect(try await HTTP.get(suite.url(.plant) + Self.info, token: token).status == 403)

                let audit = try await HTTP.get(
                    suite.url(.gateway) + "/api/v1/audit?action=db", token: session.accessToken)
                let entries = (audit.json["data"] as? [[String: Any]] ?? []).reversed()
                #expect(
                    entries.map { "\($0["action"] ?? "") \($0["outcome"] ?? "")" } == [
                        "db.execute refused:gateway_required", "db.execute refused:insufficient_scope",
                        "db.execute begun", "db.execute done",
                        "db.execute begun", "db.execute refused:statement_refused",
                        "db.connection_info done", "db.connection_info refused:gateway_required",
                    ])
                #expect(Set(entries.compactMap { $0["actor"] as? String }).count == 1)
                // What stands beside it goes on as before.
                let skills = try await HTTP.get(suite.url(.gateway) + "/api/v1/skills", token: session.accessToken)
                #expect(skills.text.contains(#""level":3"#), "\(skills.text)")
            }
        }

        @Test("the token ends with the session that it belongs to")
        func revoked() async throws {
            try await RunningSuite.run(changes: Self.on) { suite in
                let session = try await suite.login()
                let token = try await Self.scopedToken(suite, session)
                #expect(try await HTTP.get(suite.url(.gateway) + Self.info, token: token).status == 200)
                let out = try await HTTP.post(
                    suite.url(.gateway) + "/api/v1/auth/logout-all", token: session.accessToken)
                try #require(out.status < 300, "\(out.text)")
                let isRefused = await poll(seconds: 30) {
                    (try? await HTTP.get(suite.url(.gateway) + Self.info, token: token))?.code == "revoked"
                }
                #expect(isRefused)
            }
        }

        @Test("in staging neither the token nor the path is there, and both services say that the setting does nothing")
        func staging() async throws {
            try await RunningSuite.run(environment: "staging", changes: Self.on) { suite in
                let session = try await suite.login()
                let token = try await HTTP.post(
                    suite.url(.gateway) + "/api/v1/auth/db-updates-token", json: ["password": suite.adminPassword],
                    token: session.accessToken)
                #expect(token.status == 404)
                for (method, path) in [("POST", Self.execute), ("GET", Self.info)] {
                    for service in [RunningSuite.Service.gateway, .plant] {
                        let reply = try await HTTP.send(
                            method, suite.url(service) + path,
                            json: method == "POST" ? ["sql": "DELETE FROM skills", "confirm": true] : nil,
                            token: session.accessToken)
                        #expect(reply.status == 404, "\(service) \(path)")
                    }
                }
                for service in [RunningSuite.Service.platformPortal, .plant] {
                    #expect(
                        await suite.process(service).logs("ENABLE_DB_UPDATES does nothing in staging"), "\(service)")
                }
            }
        }

        private static func scopedToken(_ suite: RunningSuite, _ session: RunningSuite.Session) async throws -> String {
            let url = suite.url(.gateway) + "/api/v1/auth/db-updates-token"
            let wrong = try await HTTP.post(url, json: ["password": "wrong"], token: session.accessToken)
            #expect(wrong.status == 401)
            let reply = try await HTTP.post(url, json: ["password": suite.adminPassword], token: session.accessToken)
            try #require(reply.status == 200, "\(reply.text)")
            let token = try #require(reply.json["access_token"] as? String)
            suite.treatAsSecret([token])
            return token
        }
    }
}
