import HTTPTypes
import PlantKit
import PlantTesting
import Storage
import TestSupport
import Testing

@testable import Plant

/// Who comes to DB updates, attacked over HTTP.
@Suite("Access to DB updates", .timeLimit(.minutes(10)))
struct DBUpdatesAccessTests {
    private static let statement = #"{"sql":"DELETE FROM skills","confirm":true}"#
    private static let paths: [(HTTPRequest.Method, String, String?)] = [
        (.post, DBUpdatesStage.execute, statement), (.get, DBUpdatesStage.info, nil),
    ]

    @Test(
        "without ENABLE_DB_UPDATES there is no such path, as there is no other unknown one",
        arguments: [[:], ["ENABLE_DB_UPDATES": "false"]])
    func off(_ variables: [String: String]) async throws {
        try await PlantFixture.use(variables) { plant in
            try await Self.expectNothing(plant)
            #expect(!plant.log.text.contains("ENABLE_DB_UPDATES"))
        }
    }

    @Test(
        "in staging and production there is none whatever is set, and the log says so",
        arguments: ["staging", "production"])
    func production(_ environment: String) async throws {
        try await PlantFixture.use(["ENVIRONMENT": environment, "ENABLE_DB_UPDATES": "true"]) { plant in
            try await Self.expectNothing(plant)
            #expect(plant.log.contains("ENABLE_DB_UPDATES does nothing in \(environment): DB updates are off there"))
        }
    }

    private static func expectNothing(_ plant: PlantFixture) async throws {
        let token = try plant.token("admin", scope: "db_updates")
        for (method, path, body) in paths {
            let word = plant.assertion(for: token, method: method.rawValue, path: path)
            let headers = [("X-Gateway-Assertion", word)]
            let answer = try await plant.send(method, path, token: token, headers: headers, json: body)
            let unknown = try await plant.send(
                method, "/api/v1/admin/db/nothing", token: token, headers: headers, json: body)
            #expect(answer.status == .notFound)
            #expect(answer.status == unknown.status)
            #expect(answer.code == unknown.code)
        }
        #expect(!String(decoding: plant.plant.document.bytes, as: UTF8.self).contains("/admin/db/"))
    }

    @Test("no token, or one that does not hold, is 401 as everywhere, and told in no audit log")
    func noToken() async throws {
        try await DBUpdatesStage.use(.sqlite) { stage in
            let plant = stage.plant
            let expired = try plant.token("admin", scope: "db_updates", at: plant.clock.now - 4000)
            for (method, path, body) in Self.paths {
                let bare = try await plant.send(
                    method, path,
                    headers: [
                        ("X-User-Id", "root"), ("X-User-Roles", "super_admin"), ("X-Gateway", "lockstep-gateway"),
                    ],
                    json: body)
                #expect(bare.code == "missing_token")
                #expect(try await stage.send(method, path, token: expired, json: body).code == "expired")
                #expect(try await stage.send(method, path, token: "a.b.c", json: body).status == .unauthorized)
            }
            #expect(try await stage.audited().isEmpty)
            #expect(try await stage.skills() == DBUpdatesStage.untouched)
        }
    }

    @Test("an administrator's ordinary token is told which scope it lacks, and where to get it")
    func scope() async throws {
        try await DBUpdatesStage.use(.sqlite) { stage in
            let tokens = [
                try stage.plant.token("admin"), try stage.plant.token("super_admin"),
                try stage.plant.token("admin", scope: "db_updates_not"),
                try stage.plant.token("admin", scope: "openid DB_UPDATES"),
            ]
            for token in tokens {
                for (method, path, body) in Self.paths {
                    let answer = try await stage.send(method, path, token: token, json: body)
                    #expect(answer.status == .forbidden)
                    #expect(answer.code == "insufficient_scope")
                    #expect(answer["detail"]?.contains("POST /api/v1/auth/db-updates-token") == true)
                    #expect(answer.headers[.wwwAuthenticate]?.contains("insufficient_scope") == true)
                }
            }
            #expect(try await stage.skills() == DBUpdatesStage.untouched)
        }
    }

    @Test(
        "the scope without the role is not enough",
        arguments: ["operator", "viewer", "farm_manager", "diagnostic", "customer"])
    func role(_ role: String) async throws {
        try await DBUpdatesStage.use(.sqlite) { stage in
            let customer = role == "customer" ? "c-1" : nil
            let token = try stage.plant.token(role, customerID: customer, scope: "db_updates")
            for (method, path, body) in Self.paths {
                let answer = try await stage.send(
                    method, path, token: token, json: body, headers: [("X-User-Roles", "admin super_admin")])
                #expect(answer.status == .forbidden)
                #expect(answer.code == "forbidden")
            }
            #expect(try await stage.skills() == DBUpdatesStage.untouched)
        }
    }

    @Test("both roles are let in with the scope, whatever scopes stand beside it", arguments: ["admin", "super_admin"])
    func letIn(_ role: String) async throws {
        try await DBUpdatesStage.use(.sqlite) { stage in
            let token = try stage.plant.token(role, scope: "openid db_updates")
            let answer = try await stage.send(
                .post, DBUpdatesStage.execute, token: token, json: #"{"sql":"SELECT 1 AS one","confirm":true}"#)
            #expect(answer.status == .ok, "\(answer.text)")
        }
    }

    @Test("without the gateway's word for this very request it is 403, and the word stands in the log")
    func assertions() async throws {
        try await DBUpdatesStage.use(.sqlite) { stage in
            let plant = stage.plant
            let token = try stage.token()
            let other = try stage.token(subject: "u-2")
            for (method, path, body) in Self.paths {
                let (name, now) = (method.rawValue, plant.clock.now)
                let otherPath = path == DBUpdatesStage.info ? DBUpdatesStage.execute : DBUpdatesStage.info
                let attacks: [(cause: String, words: [String])] = [
                    ("no assertion", []),
                    ("assertion: unbound", [plant.assertion(for: token)]),
                    ("assertion: unbound", [plant.assertion(for: token, method: name)]),
                    ("assertion: unbound", [plant.assertion(for: token, path: path)]),
                    ("assertion: another request", [plant.assertion(for: token, method: "PUT", path: path)]),
                    ("assertion: another request", [plant.assertion(for: token, method: name, path: otherPath)]),
                    ("assertion: another request", [plant.assertion(for: token, method: name, path: path + "/")]),
                    ("assertion: another request", [plant.assertion(for: token, method: "PUT")]),
                    (
                        "assertion: malformed_token",
                        [plant.assertion(for: other, method: name, path: path)]
                    ),
                    ("assertion: malformed_token", [plant.assertion(for: nil, method: name, path: path)]),
                    (
                        "assertion: expired",
                        [plant.assertion(for: token, at: now - 60, method: name, path: path)]
                    ),
                    (
                        "assertion: not_yet_valid",
                        [plant.assertion(for: token, at: now + 60, method: name, path: path)]
                    ),
                    (
                        "assertion: wrong_audience",
                        [plant.assertion(for: token, audience: "platform-portal", method: name, path: path)]
                    ),
                    (
                        "assertion: unknown_key",
                        [
                            plant.assertion(
                                for: token, internalToken: "guessed-and-wrong-but-long-enough", method: name, path: path
                            )
                        ]
                    ),
                    ("assertion: malformed_token", ["x.y.z"]),
                    (
                        "two assertions",
                        [
                            plant.assertion(for: token, method: name, path: path),
                            plant.assertion(for: token, method: name, path: path),
                        ]
                    ),
                ]
                for attack in attacks {
                    plant.log.removeAll()
                    let answer = try await plant.send(
                        method, path, token: token,
                        headers: attack.words.map { ("X-Gateway-Assertion", $0) } + [
                            ("X-Gateway", "lockstep-gateway"), ("X-User-Roles", "super_admin"),
                        ], json: body)
                    #expect(answer.status == .forbidden, "\(attack.cause)")
                    #expect(answer.code == "gateway_required", "\(attack.cause)")
                    let line = plant.log.lines.first { $0.message == "DB updates were refused" }
                    #expect(line?.metadata["cause"] == attack.cause)
                    #expect(line?.metadata["user"] == "u-1")
                }
                // The access token itself is no word of the gateway.
                let own = try await plant.send(
                    method, path, token: token, headers: [("X-Gateway-Assertion", token)], json: body)
                #expect(own.code == "gateway_required")
            }
            #expect(try await stage.skills() == DBUpdatesStage.untouched)
        }
    }

    @Test("PLANT_TRUST_ORIGINAL_AUTHORIZATION says where the token is, and stands for no word of the gateway")
    func trusted() async throws {
        try await DBUpdatesStage.use(.sqlite, ["PLANT_TRUST_ORIGINAL_AUTHORIZATION": "true"]) { stage in
            let token = try stage.token()
            for (method, path, body) in Self.paths {
                let headers = [
                    ("Authorization", "Bearer a.platform.token"), ("X-Original-Authorization", "Bearer \(token)"),
                ]
                let refused = try await stage.plant.send(method, path, headers: headers, json: body)
                #expect(refused.code == "gateway_required")
                let word = stage.plant.assertion(for: token, method: method.rawValue, path: path)
                let served = try await stage.plant.send(
                    method, path, headers: headers + [("X-Gateway-Assertion", word)],
                    json: body.map { _ in #"{"sql":"SELECT 1 AS one","confirm":true}"# })
                #expect(served.status == .ok, "\(served.text)")
            }
            #expect(try await stage.skills() == DBUpdatesStage.untouched)
        }
    }

    @Test("behind a platform's own token the original one counts under the same word, and only that one")
    func original() async throws {
        try await DBUpdatesStage.use(.sqlite) { stage in
            let (token, ordinary) = (try stage.token(), try stage.plant.token("admin"))
            let word = (
                "X-Gateway-Assertion", stage.plant.assertion(for: token, method: "GET", path: DBUpdatesStage.info)
            )
            let served = try await stage.plant.send(
                .get, DBUpdatesStage.info,
                headers: [
                    ("Authorization", "Bearer a.platform.token"), ("X-Original-Authorization", "Bearer \(token)"), word,
                ])
            #expect(served.status == .ok, "\(served.text)")
            let swapped = try await stage.plant.send(
                .get, DBUpdatesStage.info, token: ordinary,
                headers: [("X-Original-Authorization", "Bearer \(ordinary)"), word])
            #expect(swapped.code == "gateway_required")
        }
    }

    @Test("the gateway's name for this plant is a setting, and another plant's word does not count")
    func audience() async throws {
        try await DBUpdatesStage.use(.sqlite, ["PLANT_ASSERTION_AUDIENCE": "plant-eu"]) { stage in
            let token = try stage.token()
            for (audience, status) in [("plant-eu", HTTPResponse.Status.ok), ("plant", .forbidden)] {
                let word = stage.plant.assertion(
                    for: token, audience: audience, method: "GET", path: DBUpdatesStage.info)
                let answer = try await stage.plant.send(
                    .get, DBUpdatesStage.info, token: token, headers: [("X-Gateway-Assertion", word)])
                #expect(answer.status == status, "\(audience)")
            }
        }
    }

    @Test("what is refused is told in the audit log, and nobody fills it")
    func quota() async throws {
        try await DBUpdatesStage.use(.sqlite) { stage in
            let ordinary = try stage.plant.token("admin", subject: "u-7")
            for _ in 0..<RefusalQuota.perUser + 5 {
                _ = try await stage.send(.post, DBUpdatesStage.execute, token: ordinary, json: Self.statement)
            }
            let told = try await stage.audited()
            #expect(told.count == RefusalQuota.perUser)
            #expect(told.allSatisfy { $0.action == "db.execute" && $0.actor == "u-7" && $0.details == nil })
            #expect(told.allSatisfy { $0.outcome == .refused("insufficient_scope") })
            // Another one's attempts are told all the same, and the first one's a minute later.
            let direct = try stage.token(subject: "u-8")
            _ = try await stage.plant.send(.get, DBUpdatesStage.info, token: direct)
            #expect(try await stage.audited().last?.action == "db.connection_info")
            #expect(try await stage.audited().last?.outcome == .refused("gateway_required"))
            stage.plant.clock.advance(60)
            _ = try await stage.send(.post, DBUpdatesStage.execute, token: ordinary, json: Self.statement)
            #expect(try await stage.audited().last?.actor == "u-7")
            let refusals = stage.plant.log.lines.filter { $0.message == "DB updates were refused" }
            #expect(refusals.count == RefusalQuota.perUser + 7)
            #expect(refusals.filter { $0.metadata["audited"] == "false" }.count == 5)
        }
    }
}
